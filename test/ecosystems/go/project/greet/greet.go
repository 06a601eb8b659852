// Package greet greets.
package greet

// Word is how it begins.
const Word = "Hello"
