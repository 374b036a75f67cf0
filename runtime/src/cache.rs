//! Compiled objects on disk, by the hash of everything they depend on.
//!
//! One file per key, written beside its place and renamed into it, so that readers and writers of many processes see whole files or
//! none. What is not whole, or not ours, is as good as absent. Nothing that goes wrong here may stop a compilation.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

pub type Key = [u8; 32];

/// What a key stands for: what the loader needs, and what its caller wants to remember with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub meta: Vec<u8>,
    pub object: Vec<u8>,
}

#[derive(Clone, Debug)]
pub struct Cache {
    root: PathBuf,
    limit: u64,
}

const MAGIC: &[u8; 8] = b"zouk.obj";
const FORMAT: u32 = 1;
/// magic, format, four zero bytes, length of meta, length of object, key
const HEADER: usize = 8 + 4 + 4 + 8 + 8 + 32;
const CHECKSUM: usize = 32;
const SUFFIX: &str = "zo";
/// Keys are hashes, so 256 folders of a 256th of the limit each fill evenly: a write need look at one only.
const SHARDS: u64 = 256;

impl Cache {
    pub const DEFAULT_LIMIT: u64 = 1 << 30;

    /// The cache in a folder, which need not exist.
    pub fn open(root: impl Into<PathBuf>) -> Cache {
        Cache { root: root.into(), limit: Self::DEFAULT_LIMIT }
    }

    /// The user's cache: `ZOUK_CACHE_DIR`, else `zouk` in the platform's folder for caches.
    pub fn open_default() -> Option<Cache> {
        let chosen = std::env::var_os("ZOUK_CACHE_DIR").filter(|dir| !dir.is_empty()).map(PathBuf::from);
        chosen.or_else(|| Some(dirs::cache_dir()?.join("zouk"))).map(Cache::open)
    }

    /// Keeps the cache near `bytes`, by removing what was not used for longest.
    pub fn with_limit(self, bytes: u64) -> Cache {
        Cache { limit: bytes, ..self }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The entry, if there is a whole one. Marks it as used.
    pub fn get(&self, key: &Key) -> Option<Entry> {
        let path = self.path(key);
        // Opening a pipe would wait for a writer.
        if !fs::metadata(&path).ok()?.is_file() {
            return None;
        }
        let mut file = File::open(path).ok()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        let entry = decode(key, &bytes)?;
        touch(&file);
        Some(entry)
    }

    /// Stores the entry, whatever was there. An error leaves the cache as it was; callers may ignore it.
    pub fn put(&self, key: &Key, entry: &Entry) -> io::Result<()> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.root);
        create_private(folder)?;
        let mut file = tempfile::Builder::new().prefix(".write-").tempfile_in(folder)?;
        let header = header(key, entry);
        for part in [&header[..], checksum(&header, &entry.meta, &entry.object).as_bytes(), &entry.meta, &entry.object] {
            file.write_all(part)?;
        }
        file.persist(&path)?;
        self.evict(folder, &path);
        Ok(())
    }

    /// Removes every entry, and what crashed writers left.
    pub fn clear(&self) {
        for file in self.shards().flat_map(|shard| files(&shard)).filter(|file| file.is_entry() || file.is_abandoned()) {
            let _ = fs::remove_file(file.path);
        }
    }

    /// How many entries there are, and their bytes.
    pub fn usage(&self) -> (usize, u64) {
        let entries = self.shards().flat_map(|shard| files(&shard)).filter(Stored::is_entry);
        entries.fold((0, 0), |(count, bytes), file| (count + 1, bytes + file.size))
    }

    fn path(&self, key: &Key) -> PathBuf {
        let hex = blake3::Hash::from_bytes(*key).to_hex();
        let (shard, name) = hex.split_at(2);
        self.root.join(shard).join(format!("{name}.{SUFFIX}"))
    }

    fn shards(&self) -> impl Iterator<Item = PathBuf> {
        (0..SHARDS).map(|shard| self.root.join(format!("{shard:02x}")))
    }

    /// Brings a folder back under its share of the limit, oldest first, and removes what crashed writers left. `new` stays.
    fn evict(&self, folder: &Path, new: &Path) {
        let (mut entries, others): (Vec<_>, Vec<_>) = files(folder).partition(Stored::is_entry);
        for left in others.iter().filter(|file| file.is_abandoned()) {
            let _ = fs::remove_file(&left.path);
        }
        let mut total: u64 = entries.iter().map(|file| file.size).sum();
        entries.sort_by_key(|file| file.used);
        for file in entries.iter().filter(|file| file.path != new) {
            if total <= self.limit / SHARDS {
                break;
            }
            let _ = fs::remove_file(&file.path);
            total -= file.size;
        }
    }
}

fn header(key: &Key, entry: &Entry) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER);
    header.extend(MAGIC);
    header.extend(FORMAT.to_le_bytes());
    header.extend([0; 4]);
    header.extend((entry.meta.len() as u64).to_le_bytes());
    header.extend((entry.object.len() as u64).to_le_bytes());
    header.extend(key);
    header
}

fn checksum(header: &[u8], meta: &[u8], object: &[u8]) -> blake3::Hash {
    blake3::Hasher::new().update(header).update(meta).update(object).finalize()
}

fn decode(key: &Key, bytes: &[u8]) -> Option<Entry> {
    let (head, rest) = bytes.split_at_checked(HEADER)?;
    let (sum, rest) = rest.split_first_chunk::<CHECKSUM>()?;
    let length = u64::from_le_bytes(head[16..24].try_into().ok()?);
    let (meta, object) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    let entry = Entry { meta: meta.to_vec(), object: object.to_vec() };
    // The header made anew holds magic, format, key and both lengths; hashes compare in constant time.
    (head == header(key, &entry) && checksum(head, meta, object) == *sum).then_some(entry)
}

/// A file's time of change is its time of use. Once a minute is enough.
fn touch(file: &File) {
    let age = file.metadata().and_then(|data| data.modified()).ok().and_then(|time| time.elapsed().ok());
    if age.is_none_or(|age| age > Duration::from_secs(60)) {
        let _ = file.set_modified(SystemTime::now());
    }
}

/// Entries are code that will run: the folders are the user's alone.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

struct Stored {
    path: PathBuf,
    size: u64,
    used: SystemTime,
}

impl Stored {
    fn is_entry(&self) -> bool {
        self.path.extension().is_some_and(|suffix| suffix == SUFFIX)
    }

    /// Begun by a writer an hour ago: it will not be finished.
    fn is_abandoned(&self) -> bool {
        let unfinished = self.path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".write-"));
        unfinished && self.used.elapsed().is_ok_and(|age| age > Duration::from_secs(3600))
    }
}

fn files(folder: &Path) -> impl Iterator<Item = Stored> + use<> {
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    found.filter_map(|entry| {
        let data = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        Some(Stored { path: entry.path(), size: data.len(), used: data.modified().ok()? })
    })
}
