fn main() {
    println!("Hello {}", words::text(42));
}
