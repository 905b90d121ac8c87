// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the images ask a service for its health: by its own program, which ends with what it found. */
public final class HealthCheck {

    private static final Path JVM = Path.of("deploy", "containers", "jvm.Containerfile");
    private static final Pattern OPTIONS =
            Pattern.compile("HEALTHCHECK [^\\[]*CMD \\[\"/opt/jre/bin/java\", (\"[^]]*\"), \"-jar\"");

    private HealthCheck() {}

    /** The options of the virtual machine that asks, as the image has them; an executable gets none. */
    public static List<String> options() {
        if (ServiceUnderTest.build() == ServiceBuild.NATIVE) {
            return List.of();
        }
        try {
            Matcher line = OPTIONS.matcher(Files.readString(Checkout.root().resolve(JVM)));
            if (!line.find()) {
                throw new IllegalStateException("no HEALTHCHECK of a JVM in " + JVM);
            }
            return List.of(line.group(1).replace("\"", "").split(", "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
