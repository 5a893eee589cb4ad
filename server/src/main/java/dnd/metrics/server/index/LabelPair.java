package dnd.metrics.server.index;

/**
 * One label with one value, as a {@link LabelIndex} knows it: the one copy of both strings, and the
 * series that have it.
 */
public final class LabelPair {
  private static final int NONE = -1;

  final LabelPostings label;
  private final String value;
  final PostingList series = new PostingList();

  private int list = NONE;
  private int place;

  LabelPair(LabelPostings label, String value) {
    this.label = label;
    this.value = value;
  }

  public String name() {
    return label.name;
  }

  public String value() {
    return value;
  }

  /**
   * Its place in a numbered list of pairs, or -1 where it is not in that list. There is room for
   * one list at a time; it belongs to the one thread that makes such lists.
   */
  public int placeIn(int listNumber) {
    return list == listNumber ? place : NONE;
  }

  /** Gives it a place in a list, which it then has instead of that in another list. */
  public void setPlace(int listNumber, int newPlace) {
    list = listNumber;
    place = newPlace;
  }
}
