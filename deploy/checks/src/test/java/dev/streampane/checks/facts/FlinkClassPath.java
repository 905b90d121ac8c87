// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Flink that our jobs run on, from the jars of the local stack; apart from the older one that the operator's models need. */
public final class FlinkClassPath {

    private FlinkClassPath() {}

    /** A loader of the given classes and Flink's, to be closed. */
    public static URLClassLoader open(Path... before) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (Path path : before) {
            urls.add(urlOf(path));
        }
        for (Path jar : Checkout.classPath("flink")) {
            urls.add(urlOf(jar));
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
        return open(built.resolve("classes"), jar);
    }

    private static URL urlOf(Path path) throws MalformedURLException {
        return path.toUri().toURL();
    }
}
