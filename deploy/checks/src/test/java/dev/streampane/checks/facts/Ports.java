// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.control.StackPort;
import java.util.Set;
import java.util.TreeSet;

/** The ports that our services and the local stack listen on. */
public final class Ports {

    private static final String HTTP_PORT = "quarkus.http.port";

    private Ports() {}

    /** Where a service listens unless it is told otherwise. */
    public static int of(Service service) {
        return Integer.parseInt(service.applicationProperties().getProperty(HTTP_PORT));
    }

    /** Where a server of the local stack listens without an offset. */
    public static int of(StackPort listener) {
        return listener.port(0);
    }

    /** All of them. */
    public static Set<Integer> all() {
        Set<Integer> ports = new TreeSet<>();
        for (Service service : Service.values()) {
            ports.add(of(service));
        }
        for (StackPort listener : StackPort.values()) {
            ports.add(of(listener));
        }
        return ports;
    }
}
