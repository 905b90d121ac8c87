// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrintedRowsTest {

    private static final String LOG = """
            12:00:00.000 INFO  Task Source: datagen-source -> words-of-lines (1/1) switched to RUNNING
            3> +I[catalog, 1]
            12:00:00.100 WARN  SocketReader No connection 3> +U[no, 2]
            3> -U[catalog, 1]
            3> +U[catalog, 2]
            12> +I[größe,, 1]
            3> +D[catalog, 2]
            > +I[catalog, 1]
            \tat 3> +I[catalog, 1]
            """;

    private static final String ROWS = """
            3> +I[catalog, 1]
            3> -U[catalog, 1]
            3> +U[catalog, 2]
            12> +I[größe,, 1]
            """;

    @Test
    void shouldShowTheRowsAloneThatWordCountHasPrinted(@TempDir Path data) throws Exception {
        // Given
        Files.createDirectories(data.resolve("flink"));
        Files.writeString(data.resolve("flink/taskmanager.log.1"), "3> +I[before, 1]\n");
        Files.writeString(data.resolve("flink/taskmanager.log"), LOG);
        PrintStream before = System.out;
        var out = new ByteArrayOutputStream();

        // When
        int code;
        System.setOut(new PrintStream(out, true, UTF_8));
        try {
            code = Streampane.commandLine().execute("logs", "word-count", "--data", data.toString());
        } finally {
            System.setOut(before);
        }

        // Then
        assertThat(code).isZero();
        assertThat(out.toString(UTF_8)).isEqualTo("3> +I[before, 1]\n" + ROWS);
    }

    @Test
    void shouldWaitForTheEndOfALine() throws Exception {
        // Given
        var out = new ByteArrayOutputStream();
        var rows = new PrintedRows(out);

        // When
        rows.write("3> +U[cat".getBytes(UTF_8));
        rows.flush();
        assertThat(out.size()).isZero();
        rows.write("alog, 2]\n".getBytes(UTF_8));

        // Then
        assertThat(out.toString(UTF_8)).isEqualTo("3> +U[catalog, 2]\n");
    }
}
