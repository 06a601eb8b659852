fn main() {
    println!("Hello {}", hello::text(42));
}
