package dnd.metrics.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalRecordTest {
  private static final JournalRecord RECORD =
      new JournalRecord(
          1_795_700_000_123L,
          List.of(
              new Change.Put(
                  Table.ALERTS,
                  Row.builder()
                      .text("id", "é")
                      .timeMillis("timestamp", -2L)
                      .real("value", 1.5)
                      .json("labels", "{}")
                      .build()),
              new Change.Put(
                  Table.ALERT_RULES, Row.builder().text("id", "r").bool("active", true).build()),
              new Change.Remove(Table.SILENCES, Row.builder().text("id", "s").build())));

  /** The bytes that docs/format/journal.md draws. */
  @Test
  void theLayoutStays() {
    assertThat(HexFormat.of().formatHex(RECORD.encode().array()))
        .isEqualTo(
            "01" // type: a write
                + "7b850f18a2010000" // written at
                + "03" // changes
                + "01" // put
                + "06"
                + "616c65727473" // alerts
                + "04"
                + "026964"
                + "01"
                + "02c3a9" // id, text
                + "0974696d657374616d70"
                + "02"
                + "03" // timestamp, whole number -2
                + "0576616c7565"
                + "03"
                + "000000000000f83f" // value, double
                + "066c6162656c73"
                + "01"
                + "027b7d" // labels, text
                + "01"
                + "0b616c6572745f72756c6573"
                + "02"
                + "026964"
                + "01"
                + "0172"
                + "06616374697665"
                + "05" // active, true
                + "02" // remove
                + "0873696c656e636573"
                + "01"
                + "026964"
                + "01"
                + "0173");
  }

  @Test
  void comesBackAsItWas() {
    assertThat(JournalRecord.decode(RECORD.encode().array())).isEqualTo(RECORD);
    assertThat(JournalRecord.writtenAt(RECORD.encode())).isEqualTo(1_795_700_000_123L);
  }

  @Test
  void whatIsNotKnownIsNamed() {
    byte[] bytes = RECORD.encode().array();
    bytes[10] = 7;
    assertThatThrownBy(() -> JournalRecord.decode(bytes))
        .hasMessage("a change of the unknown kind 7");
    bytes[10] = 1;
    bytes[12] = 'x';
    assertThatThrownBy(() -> JournalRecord.decode(bytes))
        .hasMessage("a change of the unknown table xlerts");
    bytes[0] = 9;
    assertThatThrownBy(() -> JournalRecord.decode(bytes))
        .hasMessage("a record of the unknown type 9");
  }
}
