package risk

import (
	"fmt"
	"strconv"
)

func indexed(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }

func keyed(name, key string) string { return fmt.Sprintf("%s[%q]", name, key) }
