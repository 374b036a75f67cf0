//! The object cache under friends and foes.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, SystemTime},
};
use zouk_runtime::cache::{Cache, Entry, Key};

fn key(n: u32) -> Key {
    *blake3::hash(&n.to_le_bytes()).as_bytes()
}

fn entry(n: u32) -> Entry {
    Entry { meta: format!("meta of {n}").into_bytes(), object: n.to_le_bytes().repeat(n as usize % 500) }
}

/// Every file under the cache's folder.
fn files(cache: &Cache) -> Vec<PathBuf> {
    let shards = fs::read_dir(cache.root()).into_iter().flatten().flatten();
    shards.flat_map(|shard| fs::read_dir(shard.path()).unwrap().flatten()).map(|file| file.path()).collect()
}

fn fresh() -> (tempfile::TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path().join("not/yet"));
    (folder, cache)
}

#[test]
fn what_is_put_is_got() {
    let (_folder, cache) = fresh();
    assert_eq!(cache.get(&key(1)), None);
    let empty = Entry { meta: vec![], object: vec![] };
    for (n, entry) in [(1, entry(1)), (2, entry(499)), (3, empty)] {
        cache.put(&key(n), &entry).unwrap();
        assert_eq!(cache.get(&key(n)), Some(entry));
    }
    cache.put(&key(1), &entry(77)).unwrap();
    assert_eq!(cache.get(&key(1)), Some(entry(77)));
    assert_eq!(cache.usage().0, 3);
    cache.clear();
    assert_eq!((cache.usage(), cache.get(&key(1))), ((0, 0), None));
}

#[test]
fn damaged_files_are_absent_and_replaced() {
    let (_folder, cache) = fresh();
    cache.put(&key(9), &entry(9)).unwrap();
    let path = files(&cache).pop().unwrap();
    let whole = fs::read(&path).unwrap();
    let rejects = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        cache.get(&key(9)).is_none()
    };
    assert!((0..whole.len()).all(|length| rejects(&whole[..length])), "truncated");
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    assert!((0..whole.len()).all(|at| rejects(&flipped(at))), "one bit flipped");
    assert!(rejects(&[&whole[..], b"x"].concat()), "too long");
    assert!(rejects(b"#!/bin/sh\n"), "foreign");
    cache.put(&key(9), &entry(9)).unwrap();
    assert_eq!(cache.get(&key(9)), Some(entry(9)));
    // Whole, but of another key.
    cache.put(&key(10), &entry(10)).unwrap();
    let other = files(&cache).into_iter().find(|file| *file != path).unwrap();
    fs::copy(&other, &path).unwrap();
    assert_eq!(cache.get(&key(9)), None);
}

#[test]
fn a_folder_that_cannot_be_written_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    // A file stands where the folder should be: this holds for every user, root too.
    let cache = Cache::open(folder.path().join("file"));
    assert!(cache.put(&key(1), &entry(1)).is_err());
    assert_eq!((cache.get(&key(1)), cache.usage()), (None, (0, 0)));
    // A folder stands where the file should be.
    let (_folder, cache) = fresh();
    cache.put(&key(1), &entry(1)).unwrap();
    let path = files(&cache).pop().unwrap();
    fs::remove_file(&path).unwrap();
    fs::create_dir_all(path.join("in the way")).unwrap();
    assert!(cache.put(&key(1), &entry(1)).is_err());
    assert_eq!(cache.get(&key(1)), None);
    assert_eq!(files(&cache), [path]);
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, cache) = fresh();
    cache.put(&key(1), &entry(1)).unwrap();
    let shard = files(&cache)[0].parent().unwrap().to_path_buf();
    assert_eq!(fs::metadata(&shard).unwrap().permissions().mode() & 0o777, 0o700);
    fs::set_permissions(&shard, fs::Permissions::from_mode(0o500)).unwrap();
    assert_eq!(cache.get(&key(1)), Some(entry(1)));
    // Root may write all the same.
    let allowed = File::create(shard.join("probe")).is_ok();
    assert_eq!(cache.put(&key(1), &entry(2)).is_ok(), allowed);
    fs::set_permissions(&shard, fs::Permissions::from_mode(0o700)).unwrap();
}

/// A device that is full, as every system has one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_no_failure() {
    let cache = Cache::open("/dev/full");
    assert!(cache.put(&key(1), &entry(1)).is_err());
    assert_eq!(cache.get(&key(1)), None);
}

fn age(path: &PathBuf, hours: u64) {
    let time = SystemTime::now() - Duration::from_secs(3600 * hours);
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn what_was_used_least_recently_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let same_shard: Vec<u32> = (0..).filter(|n| key(*n)[0] == key(0)[0]).take(6).collect();
    let big = |n: u32| Entry { meta: vec![n as u8], object: vec![7; 10_000] };
    let cache = Cache::open(folder.path()).with_limit(256 * 45_000);
    for (i, n) in same_shard[..4].iter().enumerate() {
        let known = files(&cache);
        cache.put(&key(*n), &big(*n)).unwrap();
        let new = files(&cache).into_iter().find(|file| !known.contains(file)).unwrap();
        age(&new, 10 - i as u64);
    }
    let left = files(&cache)[0].with_file_name(".write-crashed");
    fs::write(&left, "half").unwrap();
    age(&left, 2);
    assert!(cache.get(&key(same_shard[0])).is_some(), "a use makes the oldest the youngest");
    cache.put(&key(same_shard[4]), &big(4)).unwrap();
    let here = |n: u32| cache.get(&key(n)).is_some();
    assert_eq!([0, 1, 2, 3, 4].map(|i| here(same_shard[i])), [true, false, true, true, true]);
    assert!(!left.exists(), "what a crashed writer left is removed");
    // An entry above the limit evicts the others, and stays.
    cache.put(&key(same_shard[5]), &Entry { meta: vec![], object: vec![1; 100_000] }).unwrap();
    assert_eq!(files(&cache).len(), 1);
    assert!(here(same_shard[5]));
}

const SHARED: &str = "ZOUK_TEST_SHARED_CACHE";

/// Writes, reads and clears at random; what it reads must be whole and right.
fn hammer(cache: &Cache, seed: u32) {
    for round in 0..400u32 {
        let n = (round.wrapping_mul(2654435761) ^ seed.wrapping_mul(40503)) % 40;
        if let Some(found) = cache.get(&key(n)) {
            assert!(found == entry(n), "a torn entry");
        }
        if round % 3 == 0 {
            cache.put(&key(n), &entry(n)).unwrap();
        }
        if round % 150 == 149 {
            cache.clear();
        }
    }
}

/// Not a test of its own: the other processes of the next one.
#[test]
fn child_of_the_next_test() {
    if let Some(root) = std::env::var_os(SHARED) {
        hammer(&Cache::open(root).with_limit(256 * 2000), std::process::id());
    }
}

#[test]
fn threads_and_processes_share_it() {
    let (_folder, cache) = fresh();
    let cache = cache.with_limit(256 * 2000);
    let child = || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "cache::child_of_the_next_test", "--quiet"]).env(SHARED, cache.root()).spawn().unwrap()
    };
    let children: Vec<_> = (0..4).map(|_| child()).collect();
    thread::scope(|scope| {
        (0..8).for_each(|seed| {
            drop(scope.spawn({
                let cache = &cache;
                move || hammer(cache, seed)
            }))
        })
    });
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert!(files(&cache).iter().all(|file| file.extension().is_some()), "no unfinished file is left");
}

/// The environment is the process's: only this test reads it.
#[test]
fn the_default_place_can_be_chosen() {
    if let Some(chosen) = std::env::var_os("ZOUK_CACHE_DIR") {
        assert_eq!(Cache::open_default().unwrap().root(), chosen);
    } else if let Some(cache) = Cache::open_default() {
        assert!(cache.root().ends_with("zouk"));
    }
}
