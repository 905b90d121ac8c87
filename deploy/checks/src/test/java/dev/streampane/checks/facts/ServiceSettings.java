// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.objectweb.asm.tree.ClassNode;

/**
 * What a service can be told: its own configuration mappings, the settings of its Quarkus extensions, {@code kafka.*} and its channels.
 * Quarkus warns of a setting that it does not know, and starts.
 */
public final class ServiceSettings {

    private static final Set<String> JVM = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");
    private static final Set<String> KAFKA = readKafka();
    private static final Pattern CHANNEL = Pattern.compile("(mp\\.messaging\\.(?:incoming|outgoing)\\.[^.]+\\.)(.+)");
    private static final Map<Service, ServiceSettings> ALL = new EnumMap<>(Service.class);

    private final List<SettingName> runTime = new ArrayList<>();
    private final List<SettingName> buildTime;

    private ServiceSettings(Service service) {
        QuarkusKeys quarkus = QuarkusKeys.of(service.quarkusApp());
        runTime.addAll(quarkus.runTime());
        buildTime = quarkus.buildTime();
        mappings(service).forEach(name -> runTime.add(new SettingName(name)));
        kafka().forEach(name -> runTime.add(new SettingName("kafka." + name)));
        channels(service).forEach(name -> runTime.add(new SettingName(name)));
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
        return JVM.contains(name) || any(runTime, setting -> setting.isVariable(name));
    }

    /** Whether the service looks at this property when it starts. */
    public boolean readsProperty(String name) {
        return any(runTime, setting -> setting.isProperty(name));
    }

    /** Whether the service's build has fixed this property, so that saying it at the start changes nothing. */
    public boolean isFixedByTheBuild(String name) {
        return any(buildTime, setting -> setting.isProperty(name));
    }

    /** Whether the service has properties that begin with this and a dot. */
    public boolean hasPropertiesBelow(String prefix) {
        return any(runTime, setting -> setting.isBelow(prefix)) || any(buildTime, setting -> setting.isBelow(prefix));
    }

    /** Those of the variables that nothing looks at. */
    public List<String> unread(Collection<String> variables) {
        return variables.stream().filter(name -> !readsVariable(name)).sorted().toList();
    }

    /** Names of the Kafka clients' settings, without {@code kafka.}. */
    public static Set<String> kafka() {
        return KAFKA;
    }

    private static Set<String> readKafka() {
        Set<String> names = new HashSet<>(ConsumerConfig.configNames());
        names.addAll(ProducerConfig.configNames());
        names.addAll(AdminClientConfig.configNames());
        return Set.copyOf(names);
    }

    private static boolean any(List<SettingName> names, Predicate<SettingName> condition) {
        return names.stream().anyMatch(condition);
    }

    private static List<String> mappings(Service service) {
        List<String> names = new ArrayList<>();
        for (ClassNode node : service.compiled()) {
            String prefix = CompiledClasses.value(node.visibleAnnotations, ConfigMapping.class.getName(), "prefix");
            if (prefix != null) {
                names.addAll(ConfigMappings.getProperties(ConfigClass.configClass(load(node), prefix))
                        .keySet());
            }
        }
        return names;
    }

    private static Class<?> load(ClassNode node) {
        try {
            return Class.forName(node.name.replace('/', '.'));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of each channel the settings that the service's own properties have, and those of Kafka's clients. */
    private static Set<String> channels(Service service) {
        Set<String> names = new HashSet<>();
        for (String property : service.applicationProperties().stringPropertyNames()) {
            Matcher channel = CHANNEL.matcher(property);
            if (channel.matches()) {
                names.add(property);
                kafka().forEach(name -> names.add(channel.group(1) + name));
            }
        }
        return names;
    }
}
