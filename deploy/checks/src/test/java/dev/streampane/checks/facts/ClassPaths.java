// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The jars of the local stack's servers, apart from those of the tests. */
public final class ClassPaths {

    private ClassPaths() {}

    /** A loader of the given classes and a server's, to be closed. */
    public static URLClassLoader open(String server, Path... before) throws IOException {
        List<Path> paths = new ArrayList<>(List.of(before));
        paths.addAll(Checkout.classPath(server));
        List<URL> urls = new ArrayList<>();
        for (Path path : paths) {
            urls.add(path.toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    /** A loader of our jobs' classes and what they need, Flink among it; to be closed. */
    public static URLClassLoader openJobs() throws IOException {
        Path built = Checkout.root().resolve("flink-pipeline/target");
        Path jar = built.resolve("flink-pipeline-%s-job.jar".formatted(Images.version()));
        if (!Files.exists(jar)) {
            throw new IllegalStateException("no " + jar + ": build first with 'mvn -q -DskipTests package'");
        }
        return open("flink", built.resolve("classes"), jar);
    }
}
