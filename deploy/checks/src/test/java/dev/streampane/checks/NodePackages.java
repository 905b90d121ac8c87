// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What npm installs of {@code src/test/node}; kept below {@code target} until the lock file changes. */
public final class NodePackages {

    private static final Path SOURCE = Path.of("src/test/node");
    private static final Path INSTALLED = Path.of("target/node").toAbsolutePath();
    private static final String LOCK = "package-lock.json";

    private NodePackages() {}

    /** The folder with {@code node_modules}; without node and npm the test is skipped, and fails under CI. */
    public static synchronized Path installed() throws IOException, InterruptedException {
        require("node", "nodejs");
        require("npm", "npm");
        Path done = INSTALLED.resolve("installed.json");
        if (Files.exists(done) && Files.mismatch(done, SOURCE.resolve(LOCK)) == -1) {
            return INSTALLED;
        }
        Files.createDirectories(INSTALLED);
        try (Stream<Path> files = Files.list(SOURCE)) {
            for (Path file : files.toList()) {
                Files.copy(file, INSTALLED.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Path log = INSTALLED.resolve("npm.log");
        Process install = new ProcessBuilder(
                        "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")
                .directory(INSTALLED.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = install.waitFor(10, TimeUnit.MINUTES);
        install.destroyForcibly();
        assertThat(ended && install.exitValue() == 0).as(Files.readString(log)).isTrue();
        Files.copy(SOURCE.resolve(LOCK), done, StandardCopyOption.REPLACE_EXISTING);
        return INSTALLED;
    }

    private static void require(String command, String debianPackage) {
        boolean there = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
        String message = command + " is missing (Debian: " + debianPackage + ")";
        if (System.getenv("CI") != null) {
            assertThat(there).as(message).isTrue();
        }
        Assumptions.assumeTrue(there, message);
    }

    /** Runs a script of a package; the result is its exit code and, behind it, what it printed. */
    public static List<String> run(Path folder, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        return List.of(String.valueOf(process.waitFor()), output);
    }
}
