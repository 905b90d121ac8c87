// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import dev.streampane.local.server.Http;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A subcommand of {@code streampane bench}: prints its figures, as lines or as JSON, and reports wrong options. */
abstract class Benchmark implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Prints one JSON object per line.")
    private boolean json;

    /**
     * Prints one line of figures.
     *
     * @param format format of the line that people read; its arguments are the values of {@code fields}, in order
     * @param fields names and values in turn
     */
    final void report(String format, Object... fields) throws IOException {
        var named = new LinkedHashMap<String, Object>();
        var values = new Object[fields.length / 2];
        for (int i = 0; i < values.length; i++) {
            named.put((String) fields[2 * i], fields[2 * i + 1]);
            values[i] = fields[2 * i + 1];
        }
        report(named, format, values);
    }

    /** Like {@link #report(String, Object...)}, for a line that does not print the fields' values as they are. */
    final void report(Map<String, Object> fields, String format, Object... values) throws IOException {
        if (json) {
            spec.commandLine().getOut().println(Http.JSON.writeValueAsString(fields));
        } else {
            spec.commandLine().getOut().printf(format + "%n", values);
        }
        spec.commandLine().getOut().flush();
    }

    /** Prints a line for people; prints nothing with {@code --json}. */
    final void say(String format, Object... values) {
        if (!json) {
            spec.commandLine().getOut().printf(format + "%n", values);
            spec.commandLine().getOut().flush();
        }
    }

    /** An exception that reports wrong options. */
    final ParameterException wrongUse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
