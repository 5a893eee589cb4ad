package metrics

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseDuration reads a duration as the service and Prometheus write it: "10s", "1h30m", "250ms", "1d" (units y w d h m s ms,
// largest first), or a number of seconds. Go's own spellings of these, such as "1h30m0s" and "0.5s", are read too.
func ParseDuration(text string) (time.Duration, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if seconds >= 0 && seconds < maxSeconds {
			return time.Duration(seconds * float64(time.Second)), nil
		}
		return 0, fmt.Errorf("%q is not a duration: out of range", text)
	}
	rest, total, least := text, time.Duration(0), time.Duration(1<<63-1)
	for rest != "" {
		digits := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if digits <= 0 {
			return 0, notDuration(text)
		}
		name := rest[digits:]
		if end := strings.IndexFunc(name, func(r rune) bool { return r >= '0' && r <= '9' }); end >= 0 {
			name = name[:end]
		}
		unit := durationUnits[name]
		amount, err := strconv.ParseFloat(rest[:digits], 64)
		if err != nil || unit == 0 || unit >= least || amount*unit.Seconds() >= maxSeconds {
			return 0, notDuration(text)
		}
		total += time.Duration(amount * float64(unit))
		least = unit
		rest = rest[digits+len(name):]
	}
	if text == "" || total < 0 {
		return 0, notDuration(text)
	}
	return total, nil
}

const maxSeconds = 9e9 // what a time.Duration can hold, 292 years, with room for several units

var durationUnits = map[string]time.Duration{
	"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour,
	"d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "y": 365 * 24 * time.Hour,
}

func notDuration(text string) error {
	return fmt.Errorf(`%q is not a duration, such as "10s", "1h30m" or "250ms"`, text)
}
