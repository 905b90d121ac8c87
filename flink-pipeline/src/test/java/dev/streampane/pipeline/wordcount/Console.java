// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** Standard output of this JVM, as long as it is open. */
final class Console implements AutoCloseable {

    private final PrintStream before = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    Console() {
        System.setOut(new PrintStream(printed, true, UTF_8));
    }

    /** Rows of word-count so far, each without its subtask. */
    List<String> rows() {
        return lines().stream()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
    }

    /** Lines of word-count so far. */
    List<String> lines() {
        return printed.toString(UTF_8)
                .lines()
                .filter(line -> line.matches("[0-9]+> [+-][IU]\\[.*"))
                .toList();
    }

    @Override
    public void close() {
        System.setOut(before);
    }
}
