// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Programs of others that tests run. */
public final class Tools {

    /**
     * How a program ended.
     *
     * @param output what it printed, errors among it
     */
    public record Ended(int code, String output) {}

    private Tools() {}

    /** Runs a program in a folder to its end. */
    public static Ended run(Path folder, List<String> command) throws IOException, InterruptedException {
        return end(new ProcessBuilder(command).directory(folder.toFile()));
    }

    /** Runs a program to its end; lines are what it is told. */
    public static Ended end(ProcessBuilder program, String... lines) throws IOException, InterruptedException {
        Process process = program.redirectErrorStream(true).start();
        try (var in = process.outputWriter()) {
            in.write(String.join("", lines));
        } catch (IOException e) {
            // it has ended without reading them
            return ended(process);
        }
        return ended(process);
    }

    private static Ended ended(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }
}
