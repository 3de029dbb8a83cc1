//! Lines and blocks as they are written, for who judges a file rather than runs it: included files are in their places, conditions
//! decided, definitions put in.

use syntax::Span;

use crate::lines::Item;

/// A word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// What it says, without the quotes around it; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A line, with the block behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its words, at least one.
    pub words: Vec<Term>,
    /// What stands between its braces; empty where it has none.
    pub block: Vec<Statement>,
}

impl Statement {
    /// Its first word.
    #[must_use]
    pub fn keyword(&self) -> &str {
        &self.words[0].text
    }

    /// Argument `index`, counted from 0.
    #[must_use]
    pub fn arg(&self, index: usize) -> Option<&str> {
        self.words.get(index + 1).map(|word| word.text.as_str())
    }

    /// Where that argument stands; without one, where the line does.
    #[must_use]
    pub fn arg_span(&self, index: usize) -> Span {
        self.words.get(index + 1).map_or(self.span(), |word| word.span)
    }

    /// From the first word to the last.
    #[must_use]
    pub fn span(&self) -> Span {
        let first = self.words[0].span;
        match self.words.last() {
            Some(last) if last.span.file == first.file => first.to(last.span),
            _ => first,
        }
    }

    /// The lines of its block with that keyword, in their order.
    pub fn all<'s>(&'s self, keyword: &'s str) -> impl Iterator<Item = &'s Statement> {
        self.block.iter().filter(move |line| line.keyword() == keyword)
    }

    /// The last of them, which is the one that counts for settings.
    #[must_use]
    pub fn last(&self, keyword: &str) -> Option<&Statement> {
        self.block.iter().rev().find(|line| line.keyword() == keyword)
    }
}

/// Makes a tree of lines and braces; a brace too many is passed over, as it is told of elsewhere.
pub(crate) fn statements(items: &[Item]) -> Vec<Statement> {
    let mut levels: Vec<Vec<Statement>> = vec![Vec::new()];
    for item in items {
        match item {
            Item::Line(line) => {
                let words = line.words.iter().map(|word| Term {
                    text: word.text().into_owned(),
                    span: word.span,
                });
                let statement = Statement {
                    words: words.collect(),
                    block: Vec::new(),
                };
                if let Some(level) = levels.last_mut() {
                    level.push(statement);
                }
            }
            Item::Open(_) => levels.push(Vec::new()),
            Item::Close(_) => close(&mut levels),
        }
    }
    while levels.len() > 1 {
        close(&mut levels);
    }
    levels.pop().unwrap_or_default()
}

fn close(levels: &mut Vec<Vec<Statement>>) {
    if levels.len() < 2 {
        return;
    }
    let block = levels.pop().unwrap_or_default();
    if let Some(owner) = levels.last_mut().and_then(|level| level.last_mut()) {
        owner.block.extend(block);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::load_str;

    #[test]
    fn blocks_are_their_lines() {
        let loaded = load_str(
            "$N=7\nvrrp_instance A {\n interface eth0\n virtual_router_id $N\n virtual_ipaddress { 10.0.0.1/24\n 10.0.0.2 }\n}\n}\n",
        );
        let instance = &loaded.statements[0];
        assert_eq!(
            (instance.keyword(), instance.arg(0)),
            ("vrrp_instance", Some("A"))
        );
        assert_eq!(
            instance.last("virtual_router_id").and_then(|line| line.arg(0)),
            Some("7")
        );
        let addresses = instance.last("virtual_ipaddress").expect("it is there");
        let names: Vec<&str> = addresses.block.iter().map(super::Statement::keyword).collect();
        assert_eq!(names, ["10.0.0.1/24", "10.0.0.2"]);
        assert_eq!(loaded.sources.text(addresses.span()), b"virtual_ipaddress");
        assert_eq!(loaded.statements.len(), 1);
    }
}
