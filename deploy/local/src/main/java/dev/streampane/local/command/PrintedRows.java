// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Passes on the lines that are rows printed by a job, such as {@code 3> +U[catalog, 2]}, and drops all others. */
final class PrintedRows extends OutputStream {

    private static final Pattern ROW = Pattern.compile("[0-9]+> [+-][IU]\\[.*, [0-9]+]");

    private final OutputStream out;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    PrintedRows(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        line.write(b);
        if (b == '\n') {
            if (ROW.matcher(line.toString(StandardCharsets.UTF_8).stripTrailing())
                    .matches()) {
                line.writeTo(out);
            }
            line.reset();
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
