//! A lesson's Markdown as sections of paragraphs and fences, each with its place in the file.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::source::Source;

/// A section: what stands under one heading.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// The heading, in lower case.
    pub(super) name: String,
    /// Where it begins.
    pub(super) at: usize,
    /// What stands there, in order.
    pub(super) blocks: Vec<Block>,
}

/// A paragraph, an item of a list, or a fence.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Where it begins.
    pub(super) at: usize,
    /// What it is.
    pub(super) kind: BlockKind,
}

/// What a block is.
#[derive(Clone, Debug)]
pub(super) enum BlockKind {
    /// Prose, with code between backticks and emphasis gone.
    Prose(String),
    /// A fenced block.
    Fence {
        /// The word behind the fence.
        name: String,
        /// The bytes of its body.
        body: Range<usize>,
    },
}

impl Section {
    /// The paragraphs.
    pub(super) fn prose(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().filter_map(|block| match &block.kind {
            BlockKind::Prose(text) => Some(text.as_str()),
            BlockKind::Fence { .. } => None,
        })
    }
}

/// Splits what follows the head, from byte `from`, into sections. What stands before the first heading is a section
/// without a name.
pub(super) fn sections(source: &Source, from: usize) -> Vec<Section> {
    let mut reader = Reader { sections: vec![Section { at: from, ..Section::default() }], ..Reader::default() };
    for (event, range) in Parser::new(&source.text[from..]).into_offset_iter() {
        reader.take(event, range.start + from..range.end + from);
    }
    reader.end_prose();
    if reader.sections[0].blocks.is_empty() {
        reader.sections.remove(0);
    }
    reader.sections
}

#[derive(Default)]
struct Reader {
    sections: Vec<Section>,
    prose: String,
    prose_at: usize,
    /// The word behind the fence that is open, and the bytes of its body so far.
    fence: Option<(String, Range<usize>, usize)>,
    is_heading: bool,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) if level <= HeadingLevel::H2 => {
                self.end_prose();
                self.is_heading = true;
                self.sections.push(Section { at: range.start, ..Section::default() });
            }
            Event::End(TagEnd::Heading(_)) if self.is_heading => {
                self.is_heading = false;
                let name = std::mem::take(&mut self.prose).trim().to_lowercase();
                self.section().name = name;
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                self.end_prose();
                let info = match &kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.fence = Some((info, range.end..range.end, range.start));
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some((name, body, at)) = self.fence.take() {
                    self.section().blocks.push(Block { at, kind: BlockKind::Fence { name, body } });
                }
            }
            Event::Text(text) => match &mut self.fence {
                Some((_, body, _)) => *body = body.start.min(range.start)..range.end,
                None => self.write(&text, range.start),
            },
            Event::Code(text) => self.write(&format!("`{text}`"), range.start),
            Event::SoftBreak | Event::HardBreak => self.write(" ", range.start),
            Event::Start(Tag::Paragraph | Tag::Item | Tag::List(_) | Tag::BlockQuote(_) | Tag::Heading { .. })
            | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) => self.end_prose(),
            _ => {}
        }
    }

    fn write(&mut self, text: &str, at: usize) {
        if self.prose.is_empty() {
            self.prose_at = at;
        }
        self.prose.push_str(text);
    }

    fn end_prose(&mut self) {
        let text = std::mem::take(&mut self.prose);
        let text = text.trim();
        if !text.is_empty() && !self.is_heading {
            let block = Block { at: self.prose_at, kind: BlockKind::Prose(text.to_owned()) };
            self.section().blocks.push(block);
        }
    }

    fn section(&mut self) -> &mut Section {
        self.sections.last_mut().expect("there is a first section")
    }
}
