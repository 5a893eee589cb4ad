package metrics

import (
	"math"
	"strconv"
	"time"
)

// appendText writes a JSON string. The text is valid UTF-8: that is checked where texts enter.
func appendText(to []byte, text string) []byte {
	const hex = "0123456789abcdef"
	to = append(to, '"')
	done := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		to = append(to, text[done:i]...)
		done = i + 1
		if c >= ' ' {
			to = append(to, '\\', c)
		} else {
			to = append(to, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	to = append(to, text[done:]...)
	return append(to, '"')
}

// appendNumber writes a float64 as docs/icd.md has it: what JSON has no number for is a text.
func appendNumber(to []byte, value float64) []byte {
	switch {
	case value != value:
		return append(to, `"NaN"`...)
	case value > math.MaxFloat64:
		return append(to, `"+Inf"`...)
	case value < -math.MaxFloat64:
		return append(to, `"-Inf"`...)
	case value == math.Trunc(value) && math.Abs(value) < 1<<53:
		if value == 0 && math.Signbit(value) {
			return append(to, "-0.0"...)
		}
		return strconv.AppendInt(to, int64(value), 10)
	}
	return strconv.AppendFloat(to, value, 'g', -1, 64)
}

func formatFloat(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }

const timeFormat = "2006-01-02T15:04:05.000Z07:00"

// appendTime writes an RFC 3339 time in UTC, to the millisecond.
func appendTime(to []byte, at time.Time) []byte {
	to = append(to, '"')
	to = at.UTC().AppendFormat(to, timeFormat)
	return append(to, '"')
}
