// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code deploy/streampane bench} as a user runs it, with as little as each has something to tell of. */
@Tag("campaign")
class BenchIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_MINUTES = 5;

    @TempDir
    Path folder;

    @Test
    void shouldDrawRightContendersOfThroughput() throws Exception {
        // When
        Path plot = folder.resolve("throughput.svg");
        List<JsonNode> told =
                bench("throughput", "--only=raw,sliding", "--records=700000", "--rounds=1", "--plot=" + plot);
        // Then
        assertThat(told)
                .hasSize(2)
                .allSatisfy(run -> assertThat(run.path("digest").asText()).isEqualTo("right"));
        assertThat(plot).content().contains("sliding", "</svg>");
    }

    @Test
    void shouldCountSessionsAsTumblingWindowsWherePausesPartThem() throws Exception {
        // When
        List<JsonNode> told = bench("throughput", "--only=session", "--pauses", "--records=300000", "--rounds=1");
        // Then
        assertThat(told)
                .singleElement()
                .satisfies(run -> assertThat(run.path("digest").asText()).isEqualTo("right"));
    }

    /** Each with how many lines it tells, and which numbers of which of them. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            output --records=20000 --devices=20 --rounds=1          | 3 | /2/ratio
            index --records=2000 --rounds=1                         | 3 | /2/ratio
            rest --clients=4 --warm-up=1 --seconds=1 --rounds=1     | 4 | /3/ratioToHello /3/ratioToBare
            fanout --streams=20 --results=50 --rounds=1 --idle=1000 | 2 | /0/deliveriesPerSecond /1/heapBytes
            """)
    void shouldTellHowFastAPartIs(String arguments, int lines, String numbers) throws Exception {
        // When
        List<JsonNode> told = bench(arguments.split(" "));
        // Then
        assertThat(told).hasSize(lines);
        assertThat(numbers.split(" ")).allSatisfy(number -> assertThat(
                        JSON.<JsonNode>valueToTree(told).at(number).asDouble())
                .as(number)
                .isPositive());
    }

    @Test
    void shouldTellWhenResultsAreVisibleInTheLogAndInItsViews() throws Exception {
        // When
        List<JsonNode> told = bench("latency", "--rates=100", "--devices=10", "--window=2", "--windows=2");
        // Then
        assertThat(told)
                .extracting(stage -> stage.path("stage").asText())
                .containsExactly("written", "trigger", "complete", "visible", "search", "stream");
        assertThat(told)
                .allSatisfy(stage -> assertThat(stage.path("results").asInt()).isEqualTo(20));
    }

    @Test
    void shouldTellWhatAReadingTakesToDecode() throws Exception {
        // When
        List<JsonNode> told = bench("parser", "--warm-up=1", "--seconds=1", "--rounds=1");
        // Then
        assertThat(told).hasSize(5);
        assertThat(told.get(0).path("bytes").asDouble()).isBetween(1.0, 100.0);
        assertThat(told.get(4).path("ratio").asDouble()).isGreaterThan(1);
    }

    @Test
    void shouldTellWhatAStartTakes() throws Exception {
        // When
        List<JsonNode> told = bench("startup", "--only=results-api,stack", "--rounds=1");
        // Then
        assertThat(told)
                .extracting(start -> start.path("started").asText())
                .containsExactly("results-api", "stack, new");
        assertThat(told).allSatisfy(start -> assertThat(start.path("cpuSeconds").asDouble())
                .isPositive());
    }

    @Test
    void shouldTellHowCostsGrow() throws Exception {
        // When: at least 100,000 panes are open with 100,000 keys, and with 100 at most one for each of 50,000 readings
        Path plot = folder.resolve("scale.svg");
        List<JsonNode> told = bench("scale", "--rows=keys", "--keys=100,100000", "--records=50000", "--plot=" + plot);
        // Then
        assertThat(told).hasSize(3);
        assertThat(told.get(2).path("bytesPower").asDouble()).isPositive();
        assertThat(plot).content().contains("100,000 keys", "</svg>");
    }

    /** What a benchmark that ends well tells of itself. */
    private List<JsonNode> bench(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of(Checkout.root().resolve("deploy/streampane").toString(), "bench"));
        command.addAll(List.of(arguments));
        command.add("--json");
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        } finally {
            process.destroyForcibly();
        }
        var told = new ArrayList<JsonNode>();
        for (String line : Files.readAllLines(output)) {
            if (line.startsWith("{\"") && !line.contains("\"event\":")) {
                told.add(JSON.readTree(line));
            }
        }
        return told;
    }
}
