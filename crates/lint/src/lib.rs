//! Rules and migrations over the grammars' models. Pure.
