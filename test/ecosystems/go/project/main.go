// Command hello greets with a name-based identifier.
package main

import (
	"fmt"

	"example.com/greet"
	"github.com/google/uuid"
)

func main() {
	fmt.Println(greet.Word, uuid.NewSHA1(uuid.NameSpaceDNS, []byte("example.com")))
}
