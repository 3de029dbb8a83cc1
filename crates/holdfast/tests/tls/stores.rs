//! `crt-store`, lines of lists with parts of certificates, and `ssl-f-use`.

use anyhow::Context as _;
use test_support::admin;

use crate::bench::Bench;

pub(crate) fn stores(bench: &Bench) -> anyhow::Result<()> {
    std::fs::write(
        bench.path("list"),
        "ec.crt [key ec.key ssl-max-ver TLSv1.2] listed.test\n",
    )?;
    let text = "global\n stats socket DIR/socket level admin\n crt-base DIR\n key-base DIR\ncrt-store\n load crt first.pem alias one\n \
                load crt ec.crt key DIR/ec.key\ncrt-store web\n crt-base DIR/\n load crt rsa.crt key rsa.key alias two\n load crt first.crt key first.key\n\
                defaults\nfrontend f\n bind @0 ssl crt @/one crt ec.crt crt @web/two crt @web/first.crt\n bind @1 ssl\n \
                ssl-f-use crt rsa.pem sigalgs RSA-PSS+SHA512\n ssl-f-use crt @web/first.crt ssl-max-ver TLSv1.2\n http-request return status 200\n\
                frontend g\n bind @2 ssl crt @/one crt-list DIR/list\n http-request return status 200\n";
    let started = bench.start(text)?;
    let socket = bench.path("socket");
    let certificates = admin::ask(&socket, "show ssl cert")?;
    let folder = bench.path("").display().to_string();
    let shown = certificates.replace(folder.as_str(), "DIR/");
    for name in [
        "\nDIR/ec.crt\n",
        "\nDIR/rsa.pem\n",
        "\n@/one\n",
        "\n@web/first.crt\n",
        "\n@web/two\n",
    ] {
        anyhow::ensure!(shown.contains(name), "no {name:?} in {shown}");
    }
    let list = admin::ask(&socket, "show ssl crt-list @f")?.replace(folder.as_str(), "DIR/");
    // The last line is the first of the list.
    let lines: Vec<&str> = list.lines().filter(|line| line.contains(" [")).collect();
    anyhow::ensure!(
        lines
            == [
                "@web/first.crt [ssl-max-ver TLSv1.2]",
                "DIR/rsa.pem [sigalgs RSA-PSS+SHA512]"
            ],
        "{list}"
    );
    for (at, arguments, wanted) in [
        (0, &["-servername", "other.test"][..], "CN=first.test"),
        (0, &["-servername", "ec.test"], "CN=ec.test"),
        (
            0,
            &["-servername", "rsa.test", "-sigalgs", "RSA-PSS+SHA256"],
            "CN=rsa.test",
        ),
        (1, &["-servername", "other.test"], "CN=first.test"),
        (1, &["-servername", "first.test"], "Protocol:TLSv1.2"),
        (1, &["-servername", "rsa.test"], "digest:SHA512"),
        (2, &["-servername", "listed.test"], "CN=ec.test"),
    ] {
        let said = bench.client(started.addresses[at], arguments)?.replace(' ', "");
        anyhow::ensure!(
            said.contains(wanted),
            "{at} {arguments:?}: no {wanted:?} in {said}"
        );
    }
    let refused = "crt-store\n load crt DIR/first.pem alias a\n load crt DIR/first.pem alias a\ndefaults\nfrontend f\n bind :1 ssl crt @/b\n";
    let said = bench.check(refused).context("checked")?;
    anyhow::ensure!(said.contains("store '@/a' was already defined."), "{said}");
    anyhow::ensure!(
        said.contains("unable to stat SSL certificate from file '@/b' : No such file or directory."),
        "{said}"
    );
    Ok(())
}
