// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.MethodNode;

/** The paths that a service answers: its resources', its routes', and those that Quarkus has put into its start. */
public final class Paths {

    private static final String PATH = "jakarta.ws.rs.Path";
    private static final String VALUE = "value";
    private static final String ROUTER = "Lio/vertx/ext/web/Router;";
    private static final Pattern PARAMETER = Pattern.compile("\\{[^/}]+}");
    private static final Map<Service, Set<String>> ALL = new EnumMap<>(Service.class);

    private Paths() {}

    /** Every path of a service, parameters as <code>{name}</code>. */
    public static synchronized Set<String> of(Service service) {
        return ALL.computeIfAbsent(service, Paths::read);
    }

    /** Whether a service answers a path; what stands behind <code>?</code> is not looked at. */
    public static boolean has(Service service, String path) {
        String bare = path.replaceFirst("[?#].*", "");
        return of(service).stream().anyMatch(template -> matches(template, bare));
    }

    private static boolean matches(String template, String path) {
        return path.matches("\\Q" + PARAMETER.matcher(template).replaceAll("\\\\E[^/]+\\\\Q") + "\\E");
    }

    private static Set<String> read(Service service) {
        Set<String> paths = new TreeSet<>();
        for (ClassNode node : service.compiled()) {
            resources(node, paths);
            paths.addAll(routes(node));
        }
        pages(service.classes().resolve("META-INF/resources"), paths);
        frameworkRoutes(service.quarkusApp().resolve("quarkus/generated-bytecode.jar"), paths);
        return paths;
    }

    private static void resources(ClassNode node, Set<String> paths) {
        String ofClass = CompiledClasses.value(node.visibleAnnotations, PATH, VALUE);
        if (ofClass == null) {
            return;
        }
        for (MethodNode method : node.methods) {
            String ofMethod = CompiledClasses.value(method.visibleAnnotations, PATH, VALUE);
            paths.add(ofMethod == null ? ofClass : ofClass + ofMethod);
        }
    }

    /** Constants of a class that gives the router its routes. */
    static Set<String> routes(ClassNode node) {
        Set<String> paths = new TreeSet<>();
        if (node.methods.stream().anyMatch(method -> method.desc.contains(ROUTER))) {
            for (FieldNode field : node.fields) {
                if (field.value instanceof String text && text.startsWith("/")) {
                    paths.add(text);
                }
            }
        }
        return paths;
    }

    private static void pages(Path folder, Set<String> paths) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        paths.add("/");
        try (var files = Files.walk(folder)) {
            files.filter(Files::isRegularFile).forEach(file -> paths.add("/" + folder.relativize(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The router's recorded start names each route of health, metrics and OpenAPI. */
    private static void frameworkRoutes(Path generated, Set<String> paths) {
        try (ZipFile zip = new ZipFile(generated.toFile())) {
            for (var entry : zip.stream()
                    .filter(file -> file.getName().contains("/VertxHttpProcessor$"))
                    .toList()) {
                ClassNode node = CompiledClasses.read(zip.getInputStream(entry).readAllBytes());
                CompiledClasses.texts(node).stream()
                        .filter(text -> text.startsWith("/q/"))
                        .forEach(paths::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
