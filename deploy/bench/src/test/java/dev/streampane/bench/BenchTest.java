// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchTest {

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
}
