//! Small bitmaps as PNG in a data URI: how a surface of thousands of cells fits into one element.

use crate::theme::Color;

/// Steps on either side of the middle of a diverging bitmap.
const STEPS: usize = 60;
/// How strong the strongest color is; points on top of it must stay visible.
const STRONGEST: f64 = 0.82;

/// Cells from -1 (orange) over 0 (clear) to 1 (blue), row by row from the top. What is no number is gray.
///
/// The middle is transparent, so the same bitmap stands on light and on dark ground.
pub(crate) fn diverging(columns: usize, cells: &[f64]) -> String {
    let shade = |cell: &f64| match cell.is_nan() {
        true => 2 * STEPS + 1,
        false => ((cell.clamp(-1.0, 1.0) + 1.0) * STEPS as f64).round() as usize,
    };
    let pixels: Vec<u8> = cells.iter().map(|cell| shade(cell) as u8).collect();
    let (mut colors, mut opacities) = (vec![], vec![]);
    for step in 0..=2 * STEPS {
        let share = (step as f64 - STEPS as f64) / STEPS as f64;
        let color = if share < 0.0 { Color::Orange } else { Color::Blue };
        colors.extend(color.on_any_ground());
        opacities.push((share.abs() * STRONGEST * 255.0).round() as u8);
    }
    colors.extend(Color::Gray.on_any_ground());
    opacities.push(110);
    uri(&png(
        columns,
        1,
        3,
        &pixels,
        &[(b"PLTE", &colors), (b"tRNS", &opacities)],
    ))
}

/// Cells with a share of each class, row by row from the top: the classes' colors mixed, the fainter the more even they are.
/// Nothing is certain where all but two columns are held fixed, so the strength grows quickly from where all is even.
pub(crate) fn blended(columns: usize, colors: &[Color], cells: &[&[f64]]) -> String {
    let mut pixels = Vec::with_capacity(cells.len() * 4);
    for shares in cells {
        let usable = |share: &f64| if share.is_finite() { share.max(0.0) } else { 0.0 };
        let sum: f64 = shares.iter().map(usable).sum();
        let (mut mixed, mut largest) = ([0.0; 3], 0.0_f64);
        for (share, color) in shares.iter().zip(colors) {
            let share = usable(share) / sum.max(f64::MIN_POSITIVE);
            largest = largest.max(share);
            for (sum, part) in mixed.iter_mut().zip(color.on_any_ground()) {
                *sum += share * f64::from(part);
            }
        }
        // At even shares nothing is known, and nothing is shown.
        let even = 1.0 / shares.len().max(2) as f64;
        let sure = ((largest - even) / (1.0 - even)).clamp(0.0, 1.0).sqrt();
        pixels.extend(mixed.map(|part| part.round() as u8));
        pixels.push((sure * STRONGEST * 255.0).round() as u8);
    }
    uri(&png(columns, 4, 6, &pixels, &[]))
}

/// A PNG whose pixels are stored as they are, without compression.
fn png(columns: usize, bytes_per_pixel: usize, kind: u8, pixels: &[u8], palette: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let width = (columns * bytes_per_pixel).max(1);
    let rows = pixels.len() / width;
    let mut header = vec![];
    header.extend((columns as u32).to_be_bytes());
    header.extend((rows as u32).to_be_bytes());
    header.extend([8, kind, 0, 0, 0]);
    let mut lines = Vec::with_capacity(pixels.len() + rows);
    for line in pixels.chunks_exact(width) {
        lines.push(0); // no filter
        lines.extend(line);
    }
    let mut stored = vec![0x78, 0x01];
    let blocks = lines.chunks(0xffff);
    let last = blocks.len().saturating_sub(1);
    for (number, block) in blocks.enumerate() {
        let length = block.len() as u16;
        stored.push(u8::from(number == last));
        stored.extend(length.to_le_bytes());
        stored.extend((!length).to_le_bytes());
        stored.extend(block);
    }
    stored.extend(adler(&lines).to_be_bytes());
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, b"IHDR", &header);
    for (name, data) in palette {
        chunk(&mut file, name, data);
    }
    chunk(&mut file, b"IDAT", &stored);
    chunk(&mut file, b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(name);
    file.extend(data);
    let sum = crc(file.get(start..).unwrap_or_default());
    file.extend(sum.to_be_bytes());
}

/// CRC-32 as PNG has it (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let (mut sum, mut bit) = (byte as u32, 0);
            while bit < 8 {
                sum = if sum & 1 == 1 {
                    0xedb8_8320 ^ (sum >> 1)
                } else {
                    sum >> 1
                };
                bit += 1;
            }
            table[byte] = sum;
            byte += 1;
        }
        table
    };
    let step = |sum: u32, byte: &u8| TABLE[((sum ^ u32::from(*byte)) & 0xff) as usize] ^ (sum >> 8);
    !bytes.iter().fold(u32::MAX, step)
}

/// Adler-32 (RFC 1950).
fn adler(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    // So many bytes cannot overflow the sums.
    for block in bytes.chunks(5552) {
        for byte in block {
            a += u32::from(*byte);
            b += a;
        }
        a %= 65_521;
        b %= 65_521;
    }
    (b << 16) | a
}

fn uri(png: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(png.len() / 3 * 4 + 30);
    text.push_str("data:image/png;base64,");
    for bytes in png.chunks(3) {
        let byte = |place: usize| u32::from(bytes.get(place).copied().unwrap_or(0));
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for place in 0..4 {
            match place <= bytes.len() {
                true => text.push(char::from(DIGITS[(bits >> (18 - 6 * place)) as usize & 63])),
                false => text.push('='),
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_those_of_the_standards() {
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler(b"Wikipedia"), 0x11e6_0398);
        assert!(uri(b"Man").ends_with(",TWFu"));
        assert!(uri(b"Ma").ends_with(",TWE="));
        assert!(uri(b"M").ends_with(",TQ=="));
    }

    #[test]
    fn a_bitmap_has_a_pixel_for_each_cell() {
        let pixels = [0_u8, 60, 120, 121, 7, 8];
        let file = png(3, 1, 3, &pixels, &[]);
        let find = |bytes: &[u8]| file.windows(bytes.len()).any(|window| window == bytes);
        assert!(find(&[0, 0, 0, 3, 0, 0, 0, 2, 8, 3]), "width and height");
        assert!(find(&[0, 0, 60, 120, 0, 121, 7, 8]), "rows, each after its filter");
        assert_eq!(
            diverging(2, &[-1.0, f64::NAN, 9.0, 0.0]),
            diverging(2, &[-3.0, f64::NAN, 1.0, -0.0])
        );
    }
}
