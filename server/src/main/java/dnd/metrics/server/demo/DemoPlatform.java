package dnd.metrics.server.demo;

import java.util.List;

/** The services of a simulated D&D platform. */
final class DemoPlatform {
  private static final String[] CLASSES = {
    "fighter", "wizard", "rogue", "cleric", "ranger", "bard", "paladin", "warlock"
  };
  private static final String[] RACES = {"human", "elf", "dwarf", "halfling", "tiefling"};
  private static final String[] SCHOOLS = {
    "evocation",
    "abjuration",
    "conjuration",
    "enchantment",
    "necromancy",
    "illusion",
    "transmutation",
    "divination"
  };
  private static final String[] DICE = {"d20", "d6", "d8", "d10", "d4", "d12"};
  private static final String[] DAMAGE = {"slashing", "piercing", "fire", "cold", "necrotic"};

  private DemoPlatform() {}

  /** Every service, with nothing having happened before {@code startMillis}. */
  static List<SimulatedService> services(long seed, long startMillis) {
    return List.of(
        new ServiceBuilder("character", seed, startMillis)
            .operation("create", 0.8, 0.04)
            .operation("load", 6, 0.008)
            .counter("character_created_total", "Characters made.", 0.8, "class", CLASSES)
            .counter("character_level_ups_total", "Levels gained.", 0.4, "class", CLASSES)
            .gauge("characters_online", "Characters in play.", 420, "race", RACES)
            .build(),
        new ServiceBuilder("campaign", seed, startMillis)
            .operation("create", 0.05, 0.06)
            .operation("load", 2, 0.012)
            .counter(
                "campaign_created_total",
                "Campaigns begun.",
                0.05,
                "type",
                "campaign",
                "oneshot",
                "westmarch")
            .gauge(
                "campaigns_active",
                "Campaigns in play.",
                90,
                "type",
                "campaign",
                "oneshot",
                "westmarch")
            .build(),
        new ServiceBuilder("combat", seed, startMillis)
            .operation("attack", 9, 0.012)
            .operation("move", 7, 0.006)
            .operation("end_turn", 4, 0.009)
            .counter("combat_damage_total", "Hit points lost.", 60, "damage_type", DAMAGE)
            .gauge(
                "combat_encounters_active",
                "Fights going on.",
                35,
                "difficulty",
                "medium",
                "easy",
                "hard",
                "deadly")
            .build(),
        new ServiceBuilder("dice", seed, startMillis)
            .operation("roll", 20, 0.002)
            .counter("dice_rolls_total", "Dice rolled.", 40, "die", DICE)
            .increments("dice_natural_twenties_total", "Twenties on a d20.", 0.6)
            .build(),
        new ServiceBuilder("spell", seed, startMillis)
            .operation("cast", 4, 0.015)
            .counter("spell_cast_total", "Spells cast.", 4, "spell_school", SCHOOLS)
            .observations(
                "spell_resolution_seconds",
                "From casting to effect.",
                "seconds",
                2,
                new Amount(0.015, 0.6, 1),
                "spell_school",
                SCHOOLS)
            .build(),
        new ServiceBuilder("inventory", seed, startMillis)
            .operation("trade", 1.5, 0.02)
            .operation("list", 5, 0.005)
            .counter(
                "inventory_items_traded_total",
                "Items that changed hands.",
                1.5,
                "rarity",
                "common",
                "uncommon",
                "rare",
                "legendary")
            .gauge("inventory_gold_in_play", "Gold pieces.", 250_000, "place", "purses", "banks")
            .build(),
        new ServiceBuilder("session", seed, startMillis)
            .operation("join", 1, 0.03)
            .operation("chat", 8, 0.004)
            .counter(
                "session_messages_total", "Chat messages.", 8, "channel", "table", "whisper", "dm")
            .gauge("session_players", "Players at tables.", 310, "client", "web", "mobile")
            .observations(
                "session_turn_seconds",
                "How long players think.",
                "seconds",
                1,
                new Amount(25, 0.8, 1),
                "client",
                "web",
                "mobile")
            .build());
  }
}
