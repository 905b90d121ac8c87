// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.Installed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the tests of the page's modules, src/test/node/page, in node. */
class PageModulesTest {

    private static final Path TESTS = Path.of("src/test/node/page");
    private static final Path PAGE = Path.of("src/main/resources/META-INF/resources/page");

    @Test
    void shouldPassInNode(@TempDir Path folder) throws Exception {
        Installed.require("node", "nodejs");
        copy(TESTS, folder);
        copy(PAGE, Files.createDirectory(folder.resolve("page")));
        Files.createFile(folder.resolve("page/chart.umd.min.js"));
        Files.writeString(folder.resolve("package.json"), "{\"type\":\"module\"}");

        Process node = new ProcessBuilder("node", "--test", "--test-reporter=tap")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(node.waitFor()).as(said).isZero();
        assertThat(said).containsPattern("# pass [1-9]");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
