//! The table of what the runtime's functions write into is what their signatures say.

use crate::root;
use std::{collections::BTreeMap, path::Path};
use zouk_passes::runtime_writes::WRITES;

fn texts(folder: &Path, ending: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            texts(&entry, ending, found);
        } else if entry.to_string_lossy().ends_with(ending) {
            found.push(std::fs::read_to_string(&entry).expect("a text"));
        }
    }
}

/// For each exported function, which of its parameters are `*mut`. Names are without `zouk_` and dtype in files that make them for several.
fn signatures() -> BTreeMap<String, Vec<usize>> {
    let mut all = vec![];
    for folder in ["runtime/abi/src", "runtime/numeric/src"] {
        texts(&root().join(folder), ".rs", &mut all);
    }
    let mut found = BTreeMap::new();
    for text in &all {
        for piece in text.split("pub unsafe extern \"C\" fn ").skip(1) {
            let Some((name, rest)) = piece.split_once('(') else { continue };
            let parameters = rest.split_once(')').map_or("", |(inside, _)| inside);
            let mutable = parameters.split(',').map(str::trim).filter(|p| !p.is_empty()).enumerate().filter(|(_, p)| p.contains("*mut")).map(|(i, _)| i);
            found.insert(name.to_string(), mutable.collect());
        }
    }
    found
}

#[test]
fn tables_of_writes_are_the_signatures() {
    let signatures = signatures();
    for (name, places) in WRITES {
        let plain = name.trim_start_matches("zouk_").trim_end_matches('_');
        let signature = signatures.get(*name).or_else(|| signatures.get(plain)).unwrap_or_else(|| panic!("{name} is no function of the runtime"));
        assert_eq!(signature, places, "{name}");
    }
}

#[test]
fn all_that_the_library_calls_is_in_the_table() {
    let mut library = vec![];
    texts(&root().join("library"), ".py", &mut library);
    let calls: Vec<&str> = library.iter().flat_map(|text| text.split("runtime_call(\"").skip(1)).filter_map(|rest| rest.split_once('"')).map(|(name, _)| name).collect();
    assert!(calls.len() > 20, "{calls:?}");
    for name in calls {
        let stem = if name.ends_with("{}") || name.ends_with("_f64") || name.ends_with("_f32") { &name[..=name.rfind('_').expect("a dtype")] } else { name };
        assert!(WRITES.iter().any(|(known, _)| *known == stem), "{name}: say in passes/src/runtime_writes.rs what it writes into");
    }
}
