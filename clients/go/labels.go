package metrics

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Labels are a series' labels by name. An empty value is no label. A client copies what it needs: the map stays the
// caller's, and a literal that is written in the call costs no allocation.
type Labels map[string]string

// The service's limits (docs/icd.md, section 3), checked where names and labels enter.
const (
	maxNameLength       = 512
	maxLabelValueLength = 4096
	maxLabels           = 61 // a series of the service has up to 64; it adds three
	maxHelpLength       = 4096
	maxUnitLength       = 512
)

// A label is one of a series' labels.
type label struct{ name, value string }

// String prints labels as PromQL does: {class="wizard", level="3"}.
func (l Labels) String() string {
	var text strings.Builder
	text.WriteByte('{')
	for i, one := range l.sorted() {
		if i > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "%s=%q", one.name, one.value)
	}
	text.WriteByte('}')
	return text.String()
}

// sorted lists the labels by name, without those that are empty.
func (l Labels) sorted() []label {
	sorted := make([]label, 0, len(l))
	for name, value := range l {
		if value != "" {
			sorted = append(sorted, label{strings.Clone(name), strings.Clone(value)})
		}
	}
	slices.SortFunc(sorted, func(a, b label) int { return cmp.Compare(a.name, b.name) })
	return sorted
}

// checkName says what is wrong with a metric's name, if anything is.
func checkName(name string) error {
	if problem := nameProblem(name); problem != "" {
		return &MetricError{Metric: name, Problem: "the name " + problem, kind: ErrInvalidMetricName}
	}
	return nil
}

// checkLabels says what is wrong with the labels of a series, which gets those of shared besides.
func checkLabels(metric string, labels []label, shared Labels) error {
	count := len(labels)
	for name := range shared {
		if !slices.ContainsFunc(labels, func(l label) bool { return l.name == name }) {
			count++
		}
	}
	if count > maxLabels {
		return &MetricError{Metric: metric, Problem: fmt.Sprintf("%d labels, a series may have %d", count, maxLabels), kind: ErrTooManyLabels}
	}
	for _, one := range labels {
		if problem, kind := labelProblem(one); kind != nil {
			return &MetricError{Metric: metric, Label: one.name, Problem: problem, kind: kind}
		}
	}
	return nil
}

func labelProblem(l label) (string, error) {
	if problem := nameProblem(l.name); problem != "" {
		return "the label's name " + problem, ErrInvalidLabelName
	}
	switch {
	case strings.HasPrefix(l.name, "__"):
		return "names that begin with two underscores are reserved", ErrReservedLabel
	case !utf8.ValidString(l.value):
		return "the value is not UTF-8", ErrInvalidValue
	case isLonger(l.value, maxLabelValueLength):
		return fmt.Sprintf("the value is longer than %d characters", maxLabelValueLength), ErrLabelTooLong
	}
	return "", nil
}

func nameProblem(name string) string {
	switch {
	case name == "":
		return "is empty"
	case !utf8.ValidString(name):
		return "is not UTF-8"
	case isLonger(name, maxNameLength):
		return fmt.Sprintf("is longer than %d characters", maxNameLength)
	}
	return ""
}

// isLonger says whether valid UTF-8 has more than that many characters. The service counts one beyond U+FFFF, such as an emoji,
// as two.
func isLonger(text string, limit int) bool {
	if len(text) <= limit {
		return false
	}
	count := 0
	for _, r := range text {
		count += utf16.RuneLen(r)
	}
	return count > limit
}

// checkDescription says what is wrong with the help and unit of a metric, if anything is.
func checkDescription(metric, help, unit string) error {
	if !utf8.ValidString(help) || !utf8.ValidString(unit) {
		return &MetricError{Metric: metric, Problem: "help and unit must be UTF-8", kind: ErrInvalidValue}
	}
	if isLonger(help, maxHelpLength) {
		return &MetricError{Metric: metric, Problem: fmt.Sprintf("the help is longer than %d characters", maxHelpLength), kind: ErrTextTooLong}
	}
	if isLonger(unit, maxUnitLength) {
		return &MetricError{Metric: metric, Problem: fmt.Sprintf("the unit is longer than %d characters", maxUnitLength), kind: ErrTextTooLong}
	}
	return nil
}
