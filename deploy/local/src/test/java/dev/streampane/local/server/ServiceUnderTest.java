// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The Quarkus services as tests run them. */
public final class ServiceUnderTest {

    private static final String NATIVE_PROPERTY = "streampane.native";

    private ServiceUnderTest() {}

    /** What tests start: native executables where {@code -Dstreampane.native=true} says so, else jars. */
    public static ServiceBuild build() {
        return Boolean.getBoolean(NATIVE_PROPERTY) ? ServiceBuild.NATIVE : ServiceBuild.JVM;
    }

    /** A service that {@link LocalService#launch} starts from its jar, on ports that are free. */
    public static LocalService onFreePorts(String module, Path logs, Map<String, String> environment) {
        return new LocalService(module, ServiceBuild.JVM, logs, FreePorts.next(), FreePorts.next(), environment);
    }

    /**
     * The command that runs a service.
     *
     * @param options options of the JVM; a native executable gets those that it knows
     */
    public static List<String> command(ServiceBuild build, String service, List<String> options) {
        Path file = build.built(service);
        if (build == ServiceBuild.NATIVE) {
            return ServiceBuild.nativeCommand(file, options);
        }
        List<String> command = ServerProcess.java();
        command.addAll(ServerProcess.optimizingLate(options.toArray(String[]::new)));
        command.addAll(List.of("-jar", file.toString()));
        return command;
    }

    /** Whether a descendant of this process runs the native executable of a service. */
    public static boolean runsNative(String service) {
        String file = ServiceBuild.NATIVE.file(service).toString();
        return ProcessHandle.current()
                .descendants()
                .anyMatch(
                        process -> process.info().command().filter(file::equals).isPresent());
    }
}
