// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Whether programs of others that tests run are there. */
public final class Installed {

    private Installed() {}

    /** Where a program is not installed the test is skipped and says so, and fails under CI. */
    public static void require(String command, String debianPackage) {
        require(find(command).isPresent(), command + " is missing (Debian: " + debianPackage + ")");
    }

    /** The same of anything that a machine may lack. */
    public static void require(boolean there, String message) {
        if (System.getenv("CI") != null) {
            assertThat(there).as(message).isTrue();
        }
        Assumptions.assumeTrue(there, message);
    }

    /** The first of some commands that can be found. */
    public static Optional<Path> find(String... commands) {
        return Stream.of(commands)
                .flatMap(command -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .map(folder -> Path.of(folder).resolve(command)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
