//! The modes of AES, for keys of all three sizes and nonces of any length.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::consts::U16;
use aes::cipher::{
    Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, BlockSizeUser,
    KeyInit, KeyIvInit, StreamCipher,
};
use aes::{Aes128, Aes192, Aes256};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;

use crate::sample::arena::Bytes;

/// The size of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sample::convert) enum KeySize {
    Bits128,
    Bits192,
    Bits256,
}

/// To which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sample::convert) enum Direction {
    Encrypt,
    Decrypt,
}

impl KeySize {
    /// The size of that many bits; none for one that there is not.
    pub(in crate::sample::convert) fn of_bits(bits: i64) -> Option<Self> {
        Some(match bits {
            128 => Self::Bits128,
            192 => Self::Bits192,
            256 => Self::Bits256,
            _ => return None,
        })
    }

    /// Bytes of such a key.
    pub(in crate::sample::convert) fn bytes(self) -> usize {
        match self {
            Self::Bits128 => 16,
            Self::Bits192 => 24,
            Self::Bits256 => 32,
        }
    }
}

/// Encrypts or decrypts `data` in place and gives the tag of what is encrypted with `aad`; none for a key of another size than
/// `size`, or without a nonce. Whoever decrypts compares the tag.
pub(in crate::sample::convert) fn gcm(
    size: KeySize,
    key: &[u8],
    nonce: &[u8],
    aad: &[u8],
    data: &mut [u8],
    direction: Direction,
) -> Option<[u8; 16]> {
    match size {
        KeySize::Bits128 => gcm_of::<Aes128>(key, nonce, aad, data, direction),
        KeySize::Bits192 => gcm_of::<Aes192>(key, nonce, aad, data, direction),
        KeySize::Bits256 => gcm_of::<Aes256>(key, nonce, aad, data, direction),
    }
}

fn gcm_of<C>(key: &[u8], nonce: &[u8], aad: &[u8], data: &mut [u8], direction: Direction) -> Option<[u8; 16]>
where
    C: BlockCipherEncrypt + KeyInit + BlockSizeUser<BlockSize = U16>,
{
    if nonce.is_empty() {
        return None;
    }
    let cipher = C::new_from_slice(key).ok()?;
    let mut hash_key = Block::<C>::default();
    cipher.encrypt_block(&mut hash_key);
    let hash = GHash::new(&hash_key);

    // A nonce of 96 bits is the counter's beginning, any other is hashed to one.
    let mut first = [0; 16];
    if nonce.len() == 12 {
        first[..12].copy_from_slice(nonce);
        first[15] = 1;
    } else {
        let mut hash = hash.clone();
        hash.update_padded(nonce);
        hash.update_padded(&lengths(0, nonce.len()));
        first.copy_from_slice(&hash.finalize());
    }
    let (_, counter) = first.split_at(12);
    let next = u32::from_be_bytes(counter.try_into().ok()?).wrapping_add(1);
    let mut second = first;
    second[12..].copy_from_slice(&next.to_be_bytes());
    let mut stream = ctr::Ctr32BE::<C>::new_from_slices(key, &second).ok()?;

    let tag_of = |encrypted: &[u8]| {
        let mut hash = hash.clone();
        hash.update_padded(aad);
        hash.update_padded(encrypted);
        hash.update_padded(&lengths(aad.len(), encrypted.len()));
        let mut mask = Block::<C>::from(first);
        cipher.encrypt_block(&mut mask);
        let mut tag = [0; 16];
        for (tag, (hash, mask)) in tag.iter_mut().zip(hash.finalize().iter().zip(mask)) {
            *tag = hash ^ mask;
        }
        tag
    };
    Some(match direction {
        Direction::Encrypt => {
            stream.apply_keystream(data);
            tag_of(data)
        }
        Direction::Decrypt => {
            let tag = tag_of(data);
            stream.apply_keystream(data);
            tag
        }
    })
}

/// The block that ends what is hashed: how many bits there were.
fn lengths(aad: usize, data: usize) -> [u8; 16] {
    let bits = ((aad as u128 * 8) << 64) | (data as u128 * 8);
    bits.to_be_bytes()
}

/// Encrypts or decrypts `data` with chained blocks and the padding of PKCS #7; none for a key or an initial block of another
/// size, or for what is not padded so.
pub(in crate::sample::convert) fn cbc(
    size: KeySize,
    key: &[u8],
    iv: &[u8],
    data: &mut Bytes<'_>,
    direction: Direction,
) -> Option<()> {
    match size {
        KeySize::Bits128 => cbc_of::<Aes128>(key, iv, data, direction),
        KeySize::Bits192 => cbc_of::<Aes192>(key, iv, data, direction),
        KeySize::Bits256 => cbc_of::<Aes256>(key, iv, data, direction),
    }
}

fn cbc_of<C>(key: &[u8], iv: &[u8], data: &mut Bytes<'_>, direction: Direction) -> Option<()>
where
    C: BlockCipherEncrypt + BlockCipherDecrypt + KeyInit + BlockSizeUser<BlockSize = U16>,
{
    let len = data.len();
    let len = match direction {
        Direction::Encrypt => {
            data.resize(len + 16 - len % 16, 0);
            let cipher = cbc::Encryptor::<C>::new_from_slices(key, iv).ok()?;
            cipher.encrypt_padded::<Pkcs7>(data, len).ok()?.len()
        }
        Direction::Decrypt => {
            let cipher = cbc::Decryptor::<C>::new_from_slices(key, iv).ok()?;
            cipher.decrypt_padded::<Pkcs7>(data).ok()?.len()
        }
    };
    data.truncate(len);
    Some(())
}
