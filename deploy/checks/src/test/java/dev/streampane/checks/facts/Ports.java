// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.control.StackPort;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The ports that our services and the local stack listen on. */
public final class Ports {

    private static final String HTTP_PORT = "quarkus.http.port";
    private static final String MANAGEMENT_PORT = "quarkus.management.port";

    private Ports() {}

    /** Where a service listens unless it is told otherwise. */
    public static int of(Service service) {
        return Integer.parseInt(service.applicationProperties().getProperty(HTTP_PORT));
    }

    /** Where it tells health and metrics. */
    public static int management(Service service) {
        return Integer.parseInt(service.applicationProperties().getProperty(MANAGEMENT_PORT));
    }

    /** Whether that is where the service answers a path. */
    public static boolean answers(Service service, int port, String path) {
        boolean operations = path.startsWith("/q/health") || path.startsWith("/q/metrics");
        return Paths.has(service, path) && port == (operations ? management(service) : of(service));
    }

    /** Where a server of the local stack listens without an offset. */
    public static int of(StackPort listener) {
        return listener.port(0);
    }

    /** All of them. */
    public static Set<Integer> all() {
        return Stream.concat(ofServices(), Stream.of(StackPort.values()).map(Ports::of))
                .collect(Collectors.toSet());
    }

    /** Those of our services. */
    public static Stream<Integer> ofServices() {
        return Stream.of(Service.values()).flatMap(service -> Stream.of(of(service), management(service)));
    }
}
