// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.common.utils.StringUtil;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.objectweb.asm.tree.ClassNode;

/**
 * What a service can be told: its own configuration mappings, the settings of its Quarkus extensions as their jars describe them, {@code
 * kafka.*} and its channels. Quarkus warns of a setting that it does not know, and starts.
 */
public final class ServiceSettings {

    private static final Set<String> JVM = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");
    private static final Set<String> KAFKA = new HashSet<>();
    private static final Pattern CHANNEL = Pattern.compile("(mp\\.messaging\\.(?:incoming|outgoing)\\.[^.]+\\.)(.+)");
    private static final String MODEL = "META-INF/quarkus-config-doc/quarkus-config-model.json";
    private static final Pattern JAR = Pattern.compile("io\\.quarkus\\.(quarkus-.+)-(\\d[\\w.]*)\\.jar");
    private static final Map<Service, ServiceSettings> ALL = new EnumMap<>(Service.class);

    static {
        KAFKA.addAll(ConsumerConfig.configNames());
        KAFKA.addAll(ProducerConfig.configNames());
        KAFKA.addAll(AdminClientConfig.configNames());
    }

    private final List<SettingName> runTime = new ArrayList<>();
    private final List<SettingName> buildTime = new ArrayList<>();

    private ServiceSettings(Service service) {
        try (var files = Files.walk(service.quarkusApp().resolve("lib"))) {
            for (Path jar : files.filter(it -> it.toString().endsWith(".jar")).toList()) {
                read(jar);
                // what an extension's build runs describes what only a build looks at
                String name = jar.getFileName().toString();
                read(repository()
                        .resolve(JAR.matcher(name).replaceAll("io/quarkus/$1-deployment/$2/$1-deployment-$2.jar")));
            }
            own(service);
        } catch (IOException | ReflectiveOperationException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The settings of a service.
     *
     * @throws IllegalStateException when the service has not been built
     */
    public static synchronized ServiceSettings of(Service service) {
        return ALL.computeIfAbsent(service, ServiceSettings::new);
    }

    /** Whether the service, or the JVM below it, looks at this variable of its environment. */
    public boolean readsVariable(String name) {
        return JVM.contains(name) || runTime.stream().anyMatch(it -> it.isVariable(name));
    }

    /** Whether the service looks at this property when it starts. */
    public boolean readsProperty(String name) {
        return runTime.stream().anyMatch(it -> it.isProperty(name));
    }

    /** Whether the service's build has fixed this property, so that saying it at the start changes nothing. */
    public boolean isFixedByTheBuild(String name) {
        return buildTime.stream().anyMatch(it -> it.isProperty(name));
    }

    /** Whether the service has properties that begin with this and a dot. */
    public boolean hasPropertiesBelow(String prefix) {
        return Stream.concat(runTime.stream(), buildTime.stream()).anyMatch(it -> it.isBelow(prefix));
    }

    /** Those of the variables that nothing looks at. */
    public List<String> unread(Collection<String> variables) {
        return variables.stream().filter(name -> !readsVariable(name)).sorted().toList();
    }

    /** Names of the Kafka clients' settings, without {@code kafka.}. */
    public static Set<String> kafka() {
        return KAFKA;
    }

    private void own(Service service) throws ReflectiveOperationException {
        for (ClassNode node : service.compiled()) {
            String prefix = CompiledClasses.value(node.visibleAnnotations, ConfigMapping.class.getName(), "prefix");
            if (prefix != null) {
                Class<?> mapping = Class.forName(node.name.replace('/', '.'));
                ConfigMappings.getProperties(ConfigClass.configClass(mapping, prefix))
                        .keySet()
                        .forEach(this::add);
            }
        }
        KAFKA.forEach(name -> add("kafka." + name));
        // of each channel the settings that the service's own properties have, and those of Kafka's clients
        for (String property : service.applicationProperties().stringPropertyNames()) {
            Matcher channel = CHANNEL.matcher(property);
            if (channel.matches()) {
                add(property);
                KAFKA.forEach(name -> add(channel.group(1) + name));
            }
        }
    }

    private void add(String name) {
        runTime.add(new SettingName(name));
    }

    /** Maven's repository, by one of its jars: group, artifact, version, jar. */
    private static Path repository() throws URISyntaxException {
        Path jar = Path.of(StringUtil.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return jar.resolve("../../../../../..").normalize();
    }

    private void read(Path jar) throws IOException {
        if (!Files.exists(jar)) {
            return;
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry model = zip.getEntry(MODEL);
            if (model != null) {
                byte[] text = zip.getInputStream(model).readAllBytes();
                read(Sources.json(new String(text, StandardCharsets.UTF_8)).path("configRoots"));
            }
        }
    }

    private void read(JsonNode items) {
        for (JsonNode item : items) {
            if (item.has("items")) {
                read(item.get("items"));
            } else if (item.has("path")) {
                List<SettingName> names = Sources.text(item, "/phase").equals("RUN_TIME") ? runTime : buildTime;
                names.add(new SettingName(Sources.text(item, "/path/property")));
                item.path("additionalPaths")
                        .forEach(path -> names.add(new SettingName(Sources.text(path, "/property"))));
            }
        }
    }
}
