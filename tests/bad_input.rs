//! Broken scenarios, each with the message that its author gets.

#[test]
fn show() {
    let file = std::env::var("SHOW").unwrap_or_default();
    match failback::scenario::load(std::path::Path::new(&file), &["vm.web.count=3".to_string(), "policy.crash_every=5".to_string()]) {
        Ok(loaded) => println!("{:#?}", loaded.warnings),
        Err(errors) => println!("{errors}"),
    }
}
