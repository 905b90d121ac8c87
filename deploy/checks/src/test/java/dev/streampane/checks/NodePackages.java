// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.checks.Tools.Ended;
import dev.streampane.local.server.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** What npm installs of {@code src/test/node}; kept below {@code target} until the lock file changes. */
public final class NodePackages {

    private static final Path SOURCE = Path.of("src/test/node");
    private static final Path INSTALLED = Path.of("target/node").toAbsolutePath();
    private static final String LOCK = "package-lock.json";

    private NodePackages() {}

    /** The folder with {@code node_modules}; without node and npm the test is skipped, and fails under CI. */
    public static synchronized Path installed() throws IOException, InterruptedException {
        Installed.require("node", "nodejs");
        Installed.require("npm", "npm");
        Files.createDirectories(INSTALLED);
        try (Stream<Path> files = Files.list(SOURCE)) {
            for (Path file : files.toList()) {
                Files.copy(file, INSTALLED.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Path done = INSTALLED.resolve("installed.json");
        if (!Files.exists(done) || Files.mismatch(done, SOURCE.resolve(LOCK)) != -1) {
            Ended install = Tools.run(
                    INSTALLED, List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"));
            assertThat(install.code()).as(install.output()).isZero();
            Files.copy(SOURCE.resolve(LOCK), done, StandardCopyOption.REPLACE_EXISTING);
        }
        return INSTALLED;
    }

    /** Runs what a package brings, with the file that it is to read as its last word. */
    public static Ended run(Path file, String... command) throws IOException, InterruptedException {
        Stream<String> read = Stream.of(file.toAbsolutePath().toString());
        return Tools.run(installed(), Stream.concat(Stream.of(command), read).toList());
    }
}
