fn main() {
    println!("{}", hello::text(1));
}
