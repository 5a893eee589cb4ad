package dnd.metrics.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The load that every comparison uses: TSBS's devops "cpu-only". A host has ten gauges with ten
 * tags each; a gauge is a random walk of whole numbers between 0 and 100, one sample every ten
 * seconds. Deterministic by its seed. Immutable.
 */
final class DevopsLoad {
  static final List<String> METRICS =
      List.of(
          "cpu_usage_user",
          "cpu_usage_system",
          "cpu_usage_idle",
          "cpu_usage_nice",
          "cpu_usage_iowait",
          "cpu_usage_irq",
          "cpu_usage_softirq",
          "cpu_usage_steal",
          "cpu_usage_guest",
          "cpu_usage_guest_nice");
  static final long STEP_MILLIS = 10_000;

  private static final String[] REGIONS = {
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1"
  };
  private static final String[] SYSTEMS = {"Ubuntu16.10", "Ubuntu16.04LTS", "Ubuntu15.10"};
  private static final String[] TEAMS = {"SF", "NYC", "LON", "CHI"};
  private static final String[] ENVIRONMENTS = {"production", "staging", "test"};

  /** How many services the hosts are spread over; each is a sender of its own on the hub. */
  static final int SERVICES = 20;

  /** A host's tags, in the order in which they are written. */
  record Host(int number, List<String> tagNames, List<String> tagValues) {
    Host {
      tagNames = List.copyOf(tagNames);
      tagValues = List.copyOf(tagValues);
    }

    String tag(String name) {
      return tagValues.get(tagNames.indexOf(name));
    }

    /** The same host under another name. */
    Host renamed(String hostname) {
      List<String> values = new ArrayList<>(tagValues);
      values.set(tagNames.indexOf("hostname"), hostname);
      return new Host(number, tagNames, values);
    }

    /** The service that reports for this host. */
    String sender() {
      return "devops_%02d".formatted(number % SERVICES);
    }
  }

  private static final List<String> TAG_NAMES =
      List.of(
          "hostname",
          "region",
          "datacenter",
          "rack",
          "os",
          "arch",
          "team",
          "service",
          "service_version",
          "service_environment");

  private final List<Host> hosts;
  private final int samples;
  private final long startMillis;
  private final byte[][] values;

  DevopsLoad(int series, int samples, long startMillis, long seed) {
    this(series, samples, startMillis, seed, "host_");
  }

  /**
   * Hosts are called by {@code hostPrefix} and their number: loads of other prefixes share no
   * series.
   */
  DevopsLoad(int series, int samples, long startMillis, long seed, String hostPrefix) {
    if (series % METRICS.size() != 0) {
      throw new IllegalArgumentException("series must be a multiple of ten: a host has ten");
    }
    this.samples = samples;
    this.startMillis = startMillis;
    Random random = new Random(seed);
    int count = series / METRICS.size();
    List<Host> made = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String region = REGIONS[random.nextInt(REGIONS.length)];
      made.add(
          new Host(
              i,
              TAG_NAMES,
              List.of(
                  hostPrefix + i,
                  region,
                  region + (char) ('a' + random.nextInt(3)),
                  Integer.toString(random.nextInt(100)),
                  SYSTEMS[random.nextInt(SYSTEMS.length)],
                  random.nextBoolean() ? "x64" : "x86",
                  TEAMS[random.nextInt(TEAMS.length)],
                  Integer.toString(random.nextInt(20)),
                  Integer.toString(random.nextInt(2)),
                  ENVIRONMENTS[random.nextInt(ENVIRONMENTS.length)])));
    }
    this.hosts = List.copyOf(made);
    this.values = new byte[series][samples];
    for (byte[] walk : values) {
      double value = random.nextInt(101);
      for (int s = 0; s < samples; s++) {
        walk[s] = (byte) Math.round(value);
        value = Math.clamp(value + random.nextGaussian(), 0, 100);
      }
    }
  }

  List<Host> hosts() {
    return hosts;
  }

  int samples() {
    return samples;
  }

  int seriesCount() {
    return values.length;
  }

  long sampleCount() {
    return (long) values.length * samples;
  }

  long timeMillis(int sample) {
    return startMillis + sample * STEP_MILLIS;
  }

  long lastMillis() {
    return timeMillis(samples - 1);
  }

  int value(int metric, int host, int sample) {
    return values[host * METRICS.size() + metric][sample];
  }

  /** The sum of all samples of one metric: what a complete load must add up to. */
  long sum(int metric) {
    long sum = 0;
    for (int h = 0; h < hosts.size(); h++) {
      for (byte v : values[h * METRICS.size() + metric]) {
        sum += v;
      }
    }
    return sum;
  }
}
