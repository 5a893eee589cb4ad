package dnd.metrics.server.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AlertLineTest {
  private static String line(String event) {
    return EventLine.summary(event.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anAlertSaysWhatHowBadWhereAndWhy() {
    assertThat(
            line(
                "{'type': 'alert.triggered', 'data': {'rule': 'Slow', 'severity': 'page', 'labels':"
                    + " {'alertname': 'Slow', 'severity': 'page', 'service': 'combat'},"
                    + " 'annotations': {'summary': 'p99 is 2s'}, 'started_at':"
                    + " '2026-11-24T10:00:00.000Z'}}"))
        .isEqualTo("Slow (page) service=combat: p99 is 2s");
    assertThat(
            line(
                "{'type': 'alert.resolved', 'data': {'rule': 'Slow', 'severity': '', 'labels': {},"
                    + " 'annotations': {}, 'started_at': '2026-11-24T10:00:00.000Z',"
                    + " 'resolved_at': '2026-11-24T10:05:00.777Z', 'receiver': 'team'}}"))
        .isEqualTo("Slow, over after 5m → team");
  }

  @Test
  void reportsQuestionsAndAnswers() {
    assertThat(
            line(
                "{'type': 'alert.status', 'data': {'alerts': [{'name': 'A'}, {'name': 'B',"
                    + " 'status': 'resolved'}]}}"))
        .isEqualTo("reports A firing, B resolved");
    assertThat(line("{'type': 'alert.status', 'data': {'matchers': ['a=b']}}"))
        .isEqualTo("which alerts are active? [a=b]");
    assertThat(
            line(
                "{'type': 'alerts.status', 'data': {'status': 'success', 'accepted': 2, 'rejected':"
                    + " [{}]}}"))
        .isEqualTo("2 accepted, 1 rejected");
    assertThat(
            line(
                "{'type': 'alerts.status', 'data': {'status': 'success', 'total': 3, 'alerts':"
                    + " []}}"))
        .isEqualTo("3 active");
    assertThat(line("{'type': 'alerts.silences', 'data': {'status': 'error', 'error': 'no'}}"))
        .isEqualTo("no");
    assertThat(
            line(
                "{'type': 'alerts.silences', 'data': {'status': 'success', 'silence': {'state':"
                    + " 'active', 'matchers': ['a=b'], 'ends_at': 'T', 'created_by': 'Mira',"
                    + " 'comment': 'why'}}}"))
        .isEqualTo("active [a=b] until T by Mira: why");
    assertThat(line("{'type': 'alert.silence', 'data': {'action': 'expire', 'id': 'x'}}"))
        .isEqualTo("expire x");
  }
}
