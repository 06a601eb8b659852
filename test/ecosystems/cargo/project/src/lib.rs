/// A number as text.
pub fn text(number: u32) -> String {
    itoa::Buffer::new().format(number).to_owned()
}
