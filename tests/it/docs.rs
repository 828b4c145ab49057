//! Console blocks of the documentation are run as written.

#[test]
fn console_blocks_say_what_the_program_says() {
    trycmd::TestCases::new()
        .register_bin("ledgerwatch", crate::support::exe().as_path())
        .case("docs/command-line.md")
        .case("docs/guides/column-mapping.ko.md");
}
