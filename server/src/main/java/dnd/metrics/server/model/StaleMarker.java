package dnd.metrics.server.model;

/**
 * The sample that says "this series ended here": a NaN of its own, told from other NaNs by its
 * bits, as in Prometheus ({@code model/value}). As a native histogram it is one whose sum has these
 * bits.
 */
public final class StaleMarker {
  public static final long BITS = 0x7ff0000000000002L;
  public static final double VALUE = Double.longBitsToDouble(BITS);

  private StaleMarker() {}

  public static boolean is(double value) {
    return Double.doubleToRawLongBits(value) == BITS;
  }
}
