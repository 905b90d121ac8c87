// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.bench.Contender.Row;
import dev.streampane.bench.jet.JetJob;
import dev.streampane.bench.sql.SqlJob;
import dev.streampane.bench.streams.StreamsJob;
import dev.streampane.bench.tutorial.TutorialJob;
import dev.streampane.local.server.Checkout;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane bench throughput}: how fast a job reads records that are already in a topic. */
@Command(
        name = "throughput",
        description = {
            "Compares how fast weather-average and others read.",
            "Reads the same readings by each contender in turn: plain consumers,",
            "weather-average with a checkpoint each 500 ms, as all others commit, and as it",
            "ships, the job as Flink's tutorials write it, Flink SQL, Kafka Streams and",
            "Hazelcast Jet. All exactly once.",
            "Steady: from the result of the window at 40 %% to that of the last one.",
            "CPU: of its processes, all threads but just-in-time compilers, which have work",
            "in the first minutes only."
        })
final class Throughput extends Benchmark {

    private static final String OURS = "weather-average";

    private static final String MINUTES = "tumbling(1m)";
    private static final String SQL_MINUTES = "TUMBLE(TABLE device_readings, DESCRIPTOR(ts), INTERVAL '1' MINUTE)";
    private static final String SQL_SESSIONS =
            "SESSION(TABLE device_readings PARTITION BY device, DESCRIPTOR(ts), INTERVAL '30' SECOND)";
    private static final String BEFORE = "before";
    private static final String SLIDING = "sliding";
    private static final Set<String> SESSIONS = Set.of("session", "sql-session");

    @Option(names = "--records", defaultValue = "10000000", description = "Readings, rounded up to a minute's.")
    private long records;

    @Option(names = "--devices", defaultValue = "1000", description = "Devices, each with a reading a second.")
    private int devices;

    @Option(names = "--disorder", paramLabel = "PERCENT", defaultValue = "0", description = "Readings up to 4 s late.")
    private int disorder;

    @Option(
            names = "--unusual",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "Readings that have an exponent, which Jackson decodes.")
    private int unusual;

    @Option(
            names = "--pauses",
            description = "A minute without readings follows on each, for the contenders session and sql-session.")
    private boolean pauses;

    @Option(names = "--rounds", defaultValue = "3", description = "Rounds over all contenders.")
    private int rounds;

    @Option(
            names = "--only",
            split = ",",
            defaultValue = "raw,weather-average,as-shipped,tutorial,sql,sql-double,kafka-streams,jet",
            description = "Contenders.")
    private List<String> only;

    @Option(
            names = "--before",
            paramLabel = "JAR",
            description = "Job jar of another build, which contender 'before' runs.")
    private Path before;

    @Option(
            names = "--recording",
            paramLabel = "FILE",
            description = "Records weather-average's steady part by Flight Recorder, which makes it slower.")
    private Optional<Path> recording;

    @Option(
            names = "--threads",
            description = "Prints what each thread of its processes took per record, compilers too.")
    private boolean threads;

    @Option(names = "--plot", paramLabel = "FILE.svg", description = "Draws the medians, minima and maxima.")
    private Optional<Path> plot;

    private Workspace workspace;
    private String servers;
    private Readings readings;
    private int number;

    @Override
    public Integer call() throws Exception {
        if (only.contains(BEFORE) && before == null) {
            throw wrongUse("contender 'before' goes with --before");
        }
        for (String contender : only) {
            if (pauses ? contender.equals(SLIDING) : SESSIONS.contains(contender)) {
                throw wrongUse(contender + " goes " + (pauses ? "without" : "with") + " --pauses");
            }
        }
        boolean right = true;
        try (Workspace opened = Workspace.open()) {
            workspace = opened;
            servers = workspace.servers();
            readings = new Readings(records, devices, disorder, unusual, pauses);
            readings.write(servers);
            Map<String, List<Measured>> runs = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (String contender : only) {
                    Measured run = run(contender);
                    runs.computeIfAbsent(contender, name -> new ArrayList<>()).add(run);
                    right &= run.digest().equals(digest(contender));
                    print(contender, run, runs);
                }
            }
            summary(runs);
        }
        return right ? 0 : 1;
    }

    private Digest digest(String contender) {
        return contender.equals(SLIDING) ? readings.slidingDigest() : readings.digest();
    }

    private Measured run(String contender) throws Exception {
        if (contender.equals("raw")) {
            return RawConsumers.run(servers, readings);
        }
        number++;
        String results = "results-" + number;
        workspace.createTopic(results);
        Contender job =
                switch (contender) {
                    case OURS -> ours(Checkout.jobJar(), results, MINUTES, "500ms");
                    case "as-shipped" -> ours(Checkout.jobJar(), results, MINUTES, "on-output");
                    case BEFORE -> ours(before, results, MINUTES, "500ms");
                    case SLIDING -> ours(Checkout.jobJar(), results, "sliding(10m,1m)", "500ms");
                    case "session" -> ours(Checkout.jobJar(), results, "session(30s)", "500ms");
                    case "tutorial" -> tutorial(results);
                    case "sql" -> sql(contender, results, "DECIMAL(19, 6)", SQL_MINUTES);
                    case "sql-double" -> sql(contender, results, "DOUBLE", SQL_MINUTES);
                    case "sql-session" -> sql(contender, results, "DECIMAL(19, 6)", SQL_SESSIONS);
                    case "kafka-streams" -> app(contender, StreamsJob.class, results);
                    case "jet" -> app(contender, JetJob.class, results);
                    default -> throw wrongUse("no contender " + contender);
                };
        return Run.of(
                job,
                workspace.folder(contender + '-' + number),
                servers,
                results,
                readings,
                recording.filter(file -> contender.equals(OURS)));
    }

    private FlinkJob ours(Path jar, String results, String windows, String checkpoints) {
        return FlinkJob.weatherAverage(jar, servers, results, number, windows, "--checkpoint-interval=" + checkpoints);
    }

    private FlinkJob tutorial(String results) throws IOException, URISyntaxException {
        return new FlinkJob(
                "tutorial",
                Checkout.jobJar(),
                TutorialJob.class.getName(),
                List.of(servers, Readings.TOPIC, results),
                List.of(own()),
                Throughput::tutorialRow);
    }

    private FlinkJob sql(String name, String results, String type, String windows)
            throws IOException, URISyntaxException {
        String classpath = Files.readString(Checkout.root().resolve("deploy/bench/target/sql-classpath"));
        return new FlinkJob(
                name,
                Checkout.jobJar(),
                SqlJob.class.getName(),
                List.of(servers, results, table(type), type, windows),
                Stream.concat(
                                Stream.of(own()),
                                Stream.of(classpath.split(File.pathSeparator)).map(Path::of))
                        .toList(),
                row -> new Row(
                        row.path("device").asText(),
                        LocalDateTime.parse(row.path("window_start").asText())
                                .truncatedTo(ChronoUnit.MINUTES)
                                .toInstant(ZoneOffset.UTC)
                                .toEpochMilli(),
                        row.path("readings").asLong(),
                        Math.round(row.path("temperature").asDouble() * 1e6),
                        Math.round(row.path("humidity").asDouble() * 1e6)));
    }

    /** The statement of {@code deploy/sql} that creates the table of readings, with this broker and with values of a type. */
    private String table(String type) throws IOException {
        String tables = Files.readString(Checkout.root().resolve("deploy/sql/tables.sql"));
        int begin = tables.indexOf("CREATE TABLE device_readings");
        return tables.substring(begin, tables.indexOf(';', begin))
                .replace("localhost:9092", servers)
                .replace("DECIMAL(19, 6)", type);
    }

    private App app(String name, Class<?> main, String results) {
        return new App(name, main, List.of(servers, Readings.TOPIC, results), Throughput::tutorialRow);
    }

    private static Row tutorialRow(JsonNode row) {
        return new Row(
                row.path("device").asText(),
                row.path("start").asLong(),
                row.path("count").asLong(),
                sum(row, "temperature"),
                sum(row, "humidity"));
    }

    private static long sum(JsonNode row, String field) {
        return Math.round(row.path(field).asDouble() * row.path("count").asLong() * 1e6);
    }

    /** Where the classes of the other Flink jobs are, which use the connector in the pipeline's jar. */
    private static Path own() throws URISyntaxException {
        return Path.of(TutorialJob.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    private void print(String contender, Measured run, Map<String, List<Measured>> runs) throws IOException {
        String verdict = run.digest().equals(digest(contender)) ? "right" : "WRONG, " + run.digest();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("contender", contender);
        fields.put("round", runs.get(contender).size());
        fields.put("records", run.records());
        fields.put("recordsPerSecond", run.recordsPerSecond());
        fields.put("cpuMicrosPerRecord", run.cpuMicrosPerRecord());
        fields.put("commits", run.commits());
        fields.put("digest", verdict);
        report(
                fields,
                "%-18s %,12.0f records/s %8.2f us of CPU per record  digest %s  %s",
                contender,
                run.recordsPerSecond(),
                run.cpuMicrosPerRecord(),
                verdict,
                run.commits());
        if (threads) {
            run.threads().forEach(process -> printThreads(process, run.records()));
        }
    }

    private void printThreads(Map<String, Double> process, long records) {
        say("    per record, a process:");
        process.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .filter(thread -> thread.getValue() * 1e9 >= records)
                .forEach(thread -> say("    %6.0f ns  %s", thread.getValue() * 1e9 / records, thread.getKey()));
    }

    private void summary(Map<String, List<Measured>> runs) throws IOException {
        Map<String, Spread> perSecond = spreads(runs, Measured::recordsPerSecond);
        Map<String, Spread> cpu = spreads(runs, Measured::cpuMicrosPerRecord);
        say("medians of %d, %s", rounds, readings.digest());
        perSecond.forEach((contender, rate) -> say(
                "%-18s %,12.0f records/s %8.2f us of CPU per record",
                contender, rate.median(), cpu.get(contender).median()));
        if (plot.isPresent()) {
            new Plot()
                    .group("records/s", perSecond)
                    .group("us of CPU per record", cpu)
                    .write(plot.get());
        }
    }

    private static Map<String, Spread> spreads(Map<String, List<Measured>> runs, ToDoubleFunction<Measured> figure) {
        Map<String, Spread> spreads = new LinkedHashMap<>();
        runs.forEach((contender, all) -> spreads.put(
                contender, Spread.of(all.stream().map(figure::applyAsDouble).toList())));
        return spreads;
    }
}
