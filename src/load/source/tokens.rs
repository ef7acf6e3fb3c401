//! The pieces of an XML text, looked at byte by byte: how long the longest is, and how often an element begins.
//!
//! In: the bytes of a part, piece by piece. Out: a [`Scan`]. It follows plain XML only: where a part has comments, or is in an
//! encoding of its own, [`Scan::is_odd`] says so, and `xml` reads it. Next: `survey` refuses what nobody could hold.

/// Most bytes of a declaration, or of a tag of texts, that are kept.
const KEPT: usize = 4096;

/// What is known of a text so far.
#[derive(Debug, Default)]
pub struct Scan {
    state: State,
    length: u64,
    kept: Vec<u8>,
    keeps: bool,
    /// Bytes of the longest piece: a tag, or the text between two.
    pub longest: u64,
    /// Elements `si`, whatever their prefix.
    pub texts: u64,
    /// How many texts the elements `sst` announce, at most.
    pub announced: u64,
    /// Does it hold what only a reader of XML follows?
    pub is_odd: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum State {
    /// Between tags.
    #[default]
    Text,
    /// Behind `<`.
    Begun,
    Tag,
    /// In a value.
    Quoted(u8),
    /// In `<?`, and whether the last byte was a question mark.
    Declaration(bool),
}

impl Scan {
    /// One that counts texts, if `keeps`, which takes longer.
    pub fn new(keeps: bool) -> Scan {
        Scan { keeps, ..Scan::default() }
    }

    /// The next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while at < bytes.len() {
            if self.state == State::Text {
                let found = memchr::memchr(b'<', &bytes[at..]);
                self.length += found.unwrap_or(bytes.len() - at) as u64;
                let Some(found) = found else { break };
                at += found + 1;
                self.end();
                self.state = State::Begun;
                continue;
            }
            let plain = self.plain(&bytes[at..]);
            self.length += plain as u64;
            if self.keeps {
                self.kept.extend_from_slice(&bytes[at..at + plain.min(KEPT.saturating_sub(self.kept.len()))]);
            }
            at += plain;
            if let Some(byte) = bytes.get(at) {
                self.step(*byte);
                at += 1;
            }
        }
        self.longest = self.longest.max(self.length);
    }

    /// How many bytes change nothing.
    fn plain(&self, bytes: &[u8]) -> usize {
        let end = match self.state {
            State::Tag => bytes.iter().position(|byte| matches!(byte, b'>' | b'"' | b'\'')),
            State::Quoted(quote) => bytes.iter().position(|byte| *byte == quote),
            _ => return 0,
        };
        end.unwrap_or(bytes.len())
    }

    fn step(&mut self, byte: u8) {
        self.length += 1;
        let keeps = self.keeps || matches!(self.state, State::Begun | State::Declaration(_));
        if keeps && self.kept.len() < KEPT {
            self.kept.push(byte);
        }
        self.state = match (self.state, byte) {
            (State::Begun, b'?') => State::Declaration(false),
            (State::Begun, b'!') => {
                self.is_odd = true;
                State::Tag
            }
            (State::Declaration(true), b'>') => {
                self.declare();
                self.end()
            }
            (State::Declaration(_), byte) => State::Declaration(byte == b'?'),
            (State::Begun | State::Tag, b'>') => {
                self.count();
                self.end()
            }
            (State::Tag, b'"' | b'\'') => State::Quoted(byte),
            (State::Quoted(quote), byte) if quote == byte => State::Tag,
            (State::Quoted(quote), _) => State::Quoted(quote),
            (State::Begun | State::Tag | State::Text, _) => State::Tag,
        };
    }

    fn end(&mut self) -> State {
        self.longest = self.longest.max(self.length);
        self.length = 0;
        self.kept.clear();
        State::Text
    }

    /// An encoding that is not ours is for a reader of XML.
    fn declare(&mut self) {
        let text = self.kept.to_ascii_lowercase();
        let has = |word: &[u8]| memchr::memmem::find(&text, word).is_some();
        self.is_odd |= text.len() == KEPT || (has(b"encoding") && !has(b"utf-8"));
    }

    fn count(&mut self) {
        let kept = self.kept.strip_suffix(b">").unwrap_or(&self.kept);
        let name = kept.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next().unwrap_or_default();
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or_default();
        match local {
            b"si" => self.texts += 1,
            b"sst" => match std::str::from_utf8(kept) {
                Ok(tag) if kept.len() < KEPT - 1 => {
                    self.announced = self.announced.max(crate::load::source::xml::announced(tag, name.len()))
                }
                _ => self.is_odd = true,
            },
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str, piece: usize) -> Scan {
        let mut scan = Scan::new(true);
        text.as_bytes().chunks(piece).for_each(|bytes| scan.feed(bytes));
        scan
    }

    #[test]
    fn pieces_are_measured_wherever_they_are_cut() {
        let text = r#"<?xml version="1.0" encoding="UTF-8"?><sst uniqueCount = '12' a="x>y<z"><si><t>abc</t></si><x:si /></sst >"#;
        for piece in [1, 2, 7, 1000] {
            let scan = scan(text, piece);
            assert_eq!((scan.longest, scan.texts, scan.announced, scan.is_odd), (37, 2, 12, false), "{piece}");
        }
        assert_eq!(scan(&"a".repeat(50), 7).longest, 50);
        assert!(scan(&format!("<a b='{}", "<b/>".repeat(50)), 7).longest > 200);
    }

    #[test]
    fn what_only_a_reader_of_xml_follows_is_seen() {
        for odd in ["<!-- <sst -->", "<a><![CDATA[x]]></a>", "<?xml version='1.0' encoding='ISO-2022-JP'?><a/>"] {
            assert!(scan(odd, 3).is_odd, "{odd}");
        }
        assert!(!scan("<?xml version='1.0'?><a b='!'/>", 3).is_odd);
    }
}
