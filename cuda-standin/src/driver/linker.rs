//! `cuLink…`: texts of PTX that become one module.

use super::modules::LINKED;

pub struct Linker {
    pub context: u64,
    pub texts: Vec<String>,
    /// What `cuLinkComplete` gave, which lives as long as this.
    pub image: Option<Vec<u8>>,
}

impl Linker {
    /// The image of the modules: lengths and texts.
    pub fn complete(&mut self) -> &[u8] {
        let mut image = LINKED.to_vec();
        image.extend((self.texts.len() as u64).to_le_bytes());
        for text in &self.texts {
            image.extend((text.len() as u64).to_le_bytes());
            image.extend(text.as_bytes());
        }
        self.image.insert(image)
    }
}
