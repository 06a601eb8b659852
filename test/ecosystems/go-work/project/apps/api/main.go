// Command api greets with a name-based identifier.
package main

import (
	"fmt"

	"example.com/words"
	"github.com/google/uuid"
)

func main() {
	fmt.Println(words.Hello, uuid.NewSHA1(uuid.NameSpaceDNS, []byte("example.com")))
}
