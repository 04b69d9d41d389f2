//! Traditional characters as simplified ones: 張 and 张 are one name, written in different places.
//!
//! The table has the characters of surnames and of given names; libraries for whole texts carry dictionaries of words, which
//! names are not made of.

use std::{collections::HashMap, sync::LazyLock};

/// Pairs: the traditional character, the simplified one.
const SIMPLIFIED: &str = "\
    張张 陳陈 劉刘 黃黄 趙赵 吳吴 孫孙 馬马 鄭郑 謝谢 韓韩 馮冯 蕭萧 鄧邓 許许 葉叶 蘇苏 呂吕 蔣蒋 鐘钟 鍾钟 盧卢 \
    賴赖 龍龙 賀贺 龔龚 嚴严 陸陆 顧顾 譚谭 萬万 湯汤 錢钱 喬乔 顏颜 齊齐 莊庄 聶聂 魯鲁 歐欧 陽阳 溫温 關关 藍蓝 \
    費费 紀纪 項项 連连 單单 衛卫 蓋盖 區区 閻阎 駱骆 滿满 應应 屬属 賈贾 鄒邹 闕阙 麥麦 塗涂 談谈 強强 寧宁 慶庆 \
    龐庞 鄔邬 鮑鲍 諸诸 車车 東东 師师 鞏巩 樂乐 繆缪 嶽岳 薩萨 範范 婁娄 蔔卜 郟郏 鄺邝 遲迟 遊游 鳳凤 華华 國国 \
    偉伟 麗丽 靜静 紅红 軍军 傑杰 濤涛 鵬鹏 飛飞 勳勋 蘭兰 鳴鸣 曉晓 貴贵 銀银 寶宝 義义 禮礼 發发 達达 遠远 運运 \
    進进 順顺 興兴 業业 榮荣 長长 聲声 學学 廣广 夢梦 愛爱 雲云 電电 風风 雙双 鶯莺 雞鸡 會会 誌志 誠诚 詩诗 語语 \
    諾诺 讓让 贊赞 賢贤 輝辉 輕轻 銘铭 鋒锋 錦锦 鎮镇 鐵铁 劍剑 剛刚 創创 勝胜 啟启 園园 圓圆 堅坚 壽寿 奮奋 嫻娴 \
    嬌娇 實实 寬宽 層层 嵐岚 帥帅 幹干 彥彦 恆恒 憲宪 戰战 擁拥 昇升 暉晖 書书 權权 橋桥 歡欢 淵渊 潔洁 潤润 澤泽 \
    濱滨 瀾澜 煒炜 熱热 燦灿 瑋玮 瑤瑶 璽玺 瓊琼 畢毕 盡尽 碩硕 禎祯 穎颖 競竞 節节 純纯 紹绍 綠绿 維维 緒绪 績绩 \
    繼继 纓缨 羅罗 聖圣 聞闻 聯联 聰聪 膽胆 藝艺 蓮莲 薔蔷 見见 觀观 記记 訓训 詠咏 誼谊 諶谌 謙谦 證证 識识 譽誉 \
    豐丰 貞贞 財财 資资 質质 賓宾 賜赐 贏赢 軒轩 轉转 農农 郵邮 鄉乡 釗钊 鈞钧 鈺钰 鋼钢 鎖锁 鏡镜 開开 閔闵 閃闪 \
    間间 際际 隴陇 難难 雋隽 韋韦 韻韵 頂顶 頌颂 預预 頤颐 願愿 類类 顯显 飄飘 養养 駒驹 駿骏 騰腾 驊骅 驕骄 鯤鲲 \
    鴻鸿 鵑鹃 鶴鹤 黨党 龜龟 楊杨 鋭锐 銳锐 鈴铃 燁烨 曄晔 綺绮 紋纹 緣缘 縈萦 嫺娴 媽妈 姍姗 淨净 漢汉 瑩莹 瑪玛 \
    環环 爾尔 獻献 務务 勵励 勞劳 衆众 眾众 來来 侖仑 倫伦 傳传 儀仪 億亿 優优 兒儿 冊册 凱凯 劃划 協协 參参 吶呐 \
    員员 嘯啸 團团 圖图 執执 場场 塵尘 墾垦 壯壮 夾夹 奧奥 婦妇 孿孪 宮宫 對对 將将 島岛 嶺岭 幣币 幫帮 廬庐 彈弹 \
    從从 復复 徹彻 憶忆 懷怀 戲戏 拋抛 據据 掃扫 揚扬 換换 撫抚 擇择 擴扩 敵敌 數数 斬斩 時时 晝昼 暢畅 朧胧 條条 \
    棟栋 楓枫 樓楼 標标 樹树 機机 檸柠 欽钦 歷历 殘残 氣气 決决 淚泪 湧涌 準准 滄沧 漣涟 漸渐 潯浔 澗涧 濟济 瀟潇 \
    灣湾 為为 烏乌 無无 煙烟 營营 爐炉 爭争";

/// A text in simplified characters, each by itself.
pub(super) fn simplified(text: &str) -> String {
    static KIN: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
        let pair = |pair: &str| {
            let mut chars = pair.chars();
            Some((chars.next()?, chars.next()?))
        };
        SIMPLIFIED.split_whitespace().filter_map(pair).collect()
    });
    text.chars().map(|c| KIN.get(&c).copied().unwrap_or(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_has_its_kin_and_that_stays() {
        assert_eq!(simplified("歐陽鋒 張 陈"), "欧阳锋 张 陈");
        for pair in SIMPLIFIED.split_whitespace() {
            let chars: Vec<char> = pair.chars().collect();
            assert!(chars.len() == 2 && chars[0] != chars[1], "{pair}");
            assert_eq!(simplified(pair), format!("{0}{0}", chars[1]), "{pair}");
        }
    }
}
