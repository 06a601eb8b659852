// Package words has words.
package words

// Hello greets.
const Hello = "Hello"
