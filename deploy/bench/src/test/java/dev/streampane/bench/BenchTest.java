// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class BenchTest {

    private static Stream<String> commands() {
        return Stream.concat(Stream.of(""), new CommandLine(Bench.class).getSubcommands().keySet().stream());
    }

    private static CommandLine command(String name) {
        CommandLine bench = new CommandLine(Bench.class);
        return bench.getSubcommands().getOrDefault(name, bench);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldFitHelpIntoATerminal(String name) {
        // When
        CommandLine command = command(name);
        String help = command.getUsageMessage();
        String wide = command(name).setUsageHelpWidth(1_000).getUsageMessage();

        // Then
        assertThat(help.lines()).allMatch(line -> line.length() <= 80);
        assertThat(help.replaceAll(",\\s+", ","))
                .as("no word is cut, though lists are behind a comma")
                .isEqualToNormalizingWhitespace(wide.replaceAll(",\\s+", ","));
        assertThat(help.lines())
                .containsAll(Stream.of(command.getCommandSpec().usageMessage().description())
                        .map(String::format)
                        .toList());
    }

    /** A list of commands shows the first line of each description alone. */
    @Test
    void shouldListEachCommandWithAWholeSentence() {
        // Given
        CommandLine bench = new CommandLine(Bench.class);

        // When
        String help = bench.getUsageMessage();

        // Then
        assertThat(help.lines().dropWhile(line -> !line.equals("Commands:")).skip(1))
                .hasSameSizeAs(bench.getSubcommands().keySet())
                .allMatch(line -> line.endsWith("."));
    }

    /** Picocli takes descriptions for formats, and warns of each that is none. */
    @Test
    void shouldDescribeCommandsByTextsThatAreFormats() {
        // Given
        CommandLine bench = new CommandLine(Bench.class);

        // Then
        assertThat(bench.getSubcommands().values())
                .flatMap(command ->
                        List.of(command.getCommandSpec().usageMessage().description()))
                .allSatisfy(line -> assertThat(String.format(line)).isNotBlank());
    }

    @ParameterizedTest
    @CsvSource({
        "latency --rates 1000;99 --window 10, 1000 devices do not each have a reading in 10 s at 99 readings/s",
        "throughput --only raw;before, contender 'before' goes with --before"
    })
    void shouldRefuseWhatGoesWithoutWhatItNeeds(String arguments, String message) {
        // Given
        var err = new StringWriter();
        CommandLine bench = new CommandLine(Bench.class).setErr(new PrintWriter(err));

        // When
        int code = bench.execute(arguments.replace(';', ',').split(" "));

        // Then
        assertThat(code).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).startsWith(message + System.lineSeparator());
    }

    @Test
    void shouldTellOfNoneButAllResults() throws Exception {
        // Given
        var windows = new Views.Windows(20_000, 50_000, 10_000, 5_000, 4);

        // Then
        windows.requireAll("visible", 12);
        assertThatThrownBy(() -> windows.requireAll("stream", 11))
                .isInstanceOf(IOException.class)
                .hasMessage("stream: 11 of 12 results came in time");
    }

    @Test
    @Timeout(120)
    void shouldNotWaitForHalfOfTheReadingsAfterAConsumerHasDied() {
        assertThatThrownBy(() -> RawConsumers.run("nowhere", new Readings(60, 1, 0, 0, false)))
                .hasMessage("0 of 64 records read");
    }
}
