package metrics

import (
	"encoding/json"
	"fmt"
)

// An answer is what the service, or a JetStream that keeps events for it, says to an event.
type answer struct {
	Type   string       `json:"type"`
	Stream string       `json:"stream"`
	Seq    *uint64      `json:"seq"`
	Error  *answerError `json:"error"`
	Data   struct {
		Rejected        []rejectedMetric `json:"rejected"`
		RejectedOmitted int              `json:"rejected_omitted"`
	} `json:"data"`
}

type answerError struct {
	Code        string `json:"code"`
	Class       string `json:"class"`
	Description string `json:"description"`
}

type rejectedMetric struct {
	Name   string `json:"name"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// readAnswer returns what was rejected where the answer ends the event, and an error where the event must be sent again.
func readAnswer(payload []byte, correlationID string) ([]Rejection, error) {
	var a answer
	if err := json.Unmarshal(payload, &a); err != nil {
		return nil, &wrapped{ErrInvalidReply, err}
	}
	switch {
	case a.Type == "metrics.collected":
		return a.rejections(correlationID), nil
	case a.Type == "metrics.rejected" && len(a.Data.Rejected) > 0:
		return a.rejections(correlationID), nil
	case a.Type == "metrics.rejected" && a.Error != nil && a.Error.Class == "user":
		return []Rejection{{Code: a.Error.Code, Reason: a.Error.Description, CorrelationID: correlationID}}, nil
	case a.Type == "" && a.Error == nil && a.Stream != "" && a.Seq != nil:
		return nil, nil
	case a.Error != nil:
		return nil, &wrapped{ErrHub, fmt.Errorf("%s: %s", a.Error.Code, a.Error.Description)}
	}
	return nil, &wrapped{ErrInvalidReply, fmt.Errorf("an event of type %q", a.Type)}
}

func (a *answer) rejections(correlationID string) []Rejection {
	var all []Rejection
	for _, r := range a.Data.Rejected {
		all = append(all, Rejection{Metric: r.Name, Code: r.Code, Reason: r.Reason, CorrelationID: correlationID})
	}
	if a.Data.RejectedOmitted > 0 {
		all = append(all, Rejection{
			Code: "rejected_omitted", Reason: fmt.Sprintf("%d more metrics were rejected", a.Data.RejectedOmitted), CorrelationID: correlationID,
		})
	}
	return all
}
